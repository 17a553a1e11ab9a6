"""Relations of shape: axes of length one, all numbers in one row, the transpose's shape."""

from collections.abc import Callable

from autograder.judge.relations.case import Case, Relation

__all__ = ["axis_missing", "flattened", "other_axes", "swapped_shape"]

_Shape = tuple[int, ...]

#: A shape without an axis of length one, None where it has none there.
_ENDS: tuple[tuple[str, Callable[[_Shape], _Shape | None]], ...] = (
    ("leading", lambda shape: shape[1:] if shape[:1] == (1,) else None),
    ("trailing", lambda shape: shape[:-1] if shape[-1:] == (1,) else None),
)


def axis_missing(case: Case) -> Relation | None:
    """Got has an axis of length one too few or too many, whatever its numbers are."""
    shapes = [(e.got.shape, e.right.shape) for e in case.examples]
    for end, cut in _ENDS:
        if all([got == cut(right) for got, right in shapes]):
            return Relation(f"{end}-axis-missing", f"the {end} axis of length one is missing")
        if all([right == cut(got) for got, right in shapes]):
            return Relation(f"{end}-axis-added", f"a {end} axis of length one is too many")
    if all([got == _drop_ones(right) for got, right in shapes]):
        return Relation("axes-of-length-one-missing", "all axes of length one are missing")
    return None


def _drop_ones(shape: _Shape) -> _Shape:
    return tuple([length for length in shape if length != 1])


def flattened(case: Case) -> Relation | None:
    """Got has the right numbers in a single axis."""
    if all([e.got.ndim == 1 and e.right.ndim > 1 for e in case.examples]) and _is_in_order(case):
        return Relation("flattened", "the numbers are right, but all in one row without axes")
    return None


def other_axes(case: Case) -> Relation | None:
    """Got has the right numbers in the right order, in other axes."""
    if _is_in_order(case):
        some = "" if all(case.is_wrong) else " in some of the calls"
        return Relation("other-axes", f"the numbers are right and in order, the axes are not{some}")
    return None


def _is_in_order(case: Case) -> bool:
    return case.gives(lambda e: e.right)


def swapped_shape(case: Case) -> Relation | None:
    """Got has the shape of the transpose, whatever its numbers are."""
    if all([e.right.ndim == 2 and e.got.shape == e.right.shape[::-1] for e in case.examples]):
        return Relation("axes-swapped", "this has the shape of the transpose")
    return None
