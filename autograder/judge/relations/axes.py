"""Relations of order and shape: axes, rows and columns that are swapped, moved, lost or summed."""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.judge.relations.case import Case, Example, Relation, count_different, same

__all__ = [
    "axis_missing",
    "flattened",
    "not_summed",
    "off_by_one",
    "one_more",
    "one_short",
    "other_axes",
    "permuted",
    "repeated",
    "reversed_order",
    "summed",
    "swapped_shape",
    "transposed",
]

#: Axes of a result that permutations are tried of.
MAX_PERMUTED = 3

#: Lines along an axis that it takes to tell one order from another.
FEWEST = 3

#: Rows of a result that are looked for one by one.
MAX_ROWS = 32

TRANSPOSED = "rows and columns are swapped: this is the transpose"


def _find_axes(case: Case) -> range:
    """Return the axes that every right result has."""
    counts = {e.right.ndim for e in case.examples}
    return range(counts.pop()) if len(counts) == 1 else range(0)


def _has_lines(case: Case, axis: int) -> bool:
    """Tell whether two wrong examples have three lines along an axis: of two, every order is one.

    One example will do where there is no other.
    """
    pairs = zip(case.examples, case.is_wrong, strict=True)
    long = [e for e, wrong in pairs if wrong and e.right.shape[axis] >= FEWEST]
    return len(long) >= min(2, case.count)


def _name_lines(case: Case, axis: int) -> tuple[str, str, str]:
    """Return what lies along an axis of the right result: for a name, as one, as many."""
    count = len(_find_axes(case))
    if count == 1:
        return "entry", "entry", "entries"
    if count == 2:
        return (("row", "row", "rows"), ("column", "column", "columns"))[axis]
    of = f"of the {_name_ordinal(axis)} axis"
    return f"axis-{axis}", f"item {of}", f"items {of}"


def _name_ordinal(axis: int) -> str:
    return ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")[axis]


def _name_axis(case: Case, axis: int, lengths: list[int]) -> str:
    """Return how an axis of these lengths is called: by its letter where it has one.

    That of a batch is called by what it counts, such as "the t items".
    """
    counted = f"the {_name_ordinal(axis)} axis"
    for letter, sizes in case.letters.items():
        if len(set(lengths)) > 1 and sizes.tolist() == lengths:
            is_batch = letter == case.batch[0]
            return " ".join(["the", *case.batch]) if is_batch else f"{counted}, {letter}"
    return counted


def transposed(case: Case) -> Relation | None:
    """Got is the right result with its axes in another order."""
    count = len(_find_axes(case))
    if not 2 <= count <= MAX_PERMUTED:
        return None
    for order in list(itertools.permutations(range(count)))[1:]:

        def predict(e: Example, order: tuple[int, ...] = order) -> np.ndarray | None:
            turned = e.right.transpose(order)
            return turned if not case.by_shape or turned.shape == e.got.shape else None

        if case.gives(predict):
            if count == 2:
                return Relation("transposed", TRANSPOSED)
            return Relation("axes-permuted", "the axes are in another order")
    return None


def reversed_order(case: Case) -> Relation | None:
    """Got is the right result, last row or column first."""
    for axis in _find_axes(case):
        if not _has_lines(case, axis):
            continue

        def predict(e: Example, axis: int = axis) -> np.ndarray:
            return np.flip(e.right, axis)

        if case.gives(predict):
            name, _, words = _name_lines(case, axis)
            return Relation(f"{name}-order-reversed", f"the {words} are in reverse order")
    return None


def off_by_one(case: Case) -> Relation | None:
    """Got is the right result moved by one along an axis, round the end or filled with zeros."""
    for axis, step, is_round in itertools.product(_find_axes(case), (1, -1), (True, False)):
        if not _has_lines(case, axis):
            continue

        def predict(
            e: Example, axis: int = axis, step: int = step, is_round: bool = is_round
        ) -> np.ndarray:
            rolled = np.roll(e.right, step, axis)
            if not is_round and rolled.shape[axis]:
                np.moveaxis(rolled, axis, 0)[0 if step > 0 else -1] = 0.0
            return rolled

        if case.gives(predict):
            name, _, words = _name_lines(case, axis)
            return Relation(f"off-by-one-{name}", f"the {words} are all one place off")
    return None


def permuted(case: Case) -> Relation | None:
    """Got has the right rows (or columns) in another order."""
    for axis in _find_axes(case):
        is_so = case.holds(functools.partial(_is_permuted, axis=axis))
        if is_so and _has_lines(case, axis) and _has_different_lines(case, axis):
            name, _, words = _name_lines(case, axis)
            return Relation(f"{name}-order", f"the {words} are right, but in another order")
    return None


def _has_different_lines(case: Case, axis: int) -> bool:
    """Tell whether the lines of two wrong examples say which is which.

    Zeros and ones alone stand in another order, whatever is wrong, but where a line has several.
    """
    pairs = zip(case.examples, case.is_wrong, strict=True)
    lines = [np.moveaxis(e.right, axis, 0) for e, wrong in pairs if wrong]
    rows = [line.reshape(len(line), -1) for line in lines]
    telling = [
        row
        for row in rows
        if len(np.unique(row, axis=0)) >= FEWEST
        and (row.shape[1] > 1 or count_different(row) >= FEWEST)
    ]
    return len(telling) >= min(2, case.count)


def _is_permuted(e: Example, axis: int) -> bool:
    if e.got.size != e.right.size or not 0 < e.right.shape[axis] <= MAX_ROWS:
        return False
    got = np.moveaxis(e.got.reshape(e.right.shape), axis, 0).reshape(e.right.shape[axis], -1)
    right = np.moveaxis(e.right, axis, 0).reshape(e.right.shape[axis], -1)
    free = list(range(len(right)))
    for row in got:
        match = [n for n in free if same(row, right[n], *e.bounds).all()]
        if not match:
            return False
        free.remove(match[0])
    return True


_Cut = Callable[[np.ndarray, int], np.ndarray]

_CUTS: tuple[tuple[str, _Cut], ...] = (
    ("last", lambda array, axis: np.moveaxis(array, axis, 0)[:-1]),
    ("first", lambda array, axis: np.moveaxis(array, axis, 0)[1:]),
)


def one_short(case: Case) -> Relation | None:
    """Got lacks the first or the last row or column."""
    for axis, (end, cut) in itertools.product(_find_axes(case), _CUTS):

        def predict(e: Example, axis: int = axis, cut: _Cut = cut) -> np.ndarray | None:
            if e.right.shape[axis] < 1:
                return None
            return np.moveaxis(cut(e.right, axis), 0, axis)

        if case.gives(predict):
            name, one, _ = _name_lines(case, axis)
            return Relation(f"{end}-{name}-missing", f"the {end} {one} is missing")
    return None


def one_more(case: Case) -> Relation | None:
    """Got has a row or column too many before or after the right ones."""
    for axis, (end, cut) in itertools.product(_find_axes(case), _CUTS):
        if _is_borne_out(case, functools.partial(_is_more, axis=axis, cut=cut)):
            name, one, _ = _name_lines(case, axis)
            where = "at the end" if end == "last" else "at the start"
            return Relation(
                f"{name}-too-many-{end}", f"there is one {one} more than there should be, {where}"
            )
    return None


def _is_more(e: Example, axis: int, cut: _Cut) -> bool:
    wanted = list(e.right.shape)
    wanted[axis] += 1
    if e.got.shape != tuple(wanted):
        return False
    kept = np.moveaxis(cut(e.got, axis), 0, axis)
    return bool(same(kept.ravel(), e.right.ravel(), *e.bounds).all())


def _is_borne_out(case: Case, is_so: Callable[[Example], bool]) -> bool:
    """Tell whether `is_so` of every example, and enough right numbers are in wrong ones."""
    pairs = zip(case.examples, case.is_wrong, strict=True)
    return case.holds(is_so) and case.is_enough(
        [e.right.ravel() if wrong else e.right.ravel()[:0] for e, wrong in pairs]
    )


def summed(case: Case) -> Relation | None:
    """Got is the right result added up or averaged, over an axis or altogether."""
    for axis in _find_axes(case):
        lengths = [e.right.shape[axis] for e in case.examples]
        if not _is_long_twice(case, lengths):
            continue  # over one item alone, the sum is the item
        over = _name_axis(case, axis, lengths)
        if case.gives(functools.partial(_add_up, axis=axis)):
            return Relation(f"summed-over-axis-{axis}", f"this is the sum over {over}")
        if case.gives(functools.partial(_average, axis=axis)):
            return Relation(f"averaged-over-axis-{axis}", f"this is the mean over {over}")
    if case.gives(_add_up):
        return Relation("summed-over-everything", "this is the sum of all numbers")
    if case.gives(_average):
        return Relation("averaged-over-everything", "this is the mean of all numbers")
    return None


def _is_long_twice(case: Case, lengths: Sequence[int]) -> bool:
    """Tell whether an axis is longer than one in two wrong examples, where there are two."""
    pairs = zip(lengths, case.is_wrong, strict=True)
    return sum([length > 1 and wrong for length, wrong in pairs]) >= min(2, case.count)


def _add_up(e: Example, axis: int | None = None) -> Any:
    return e.right.sum(axis)


def _average(e: Example, axis: int | None = None) -> Any:
    return e.right.sum(axis) / max(e.right.size if axis is None else e.right.shape[axis], 1)


def _find_long_axes(case: Case) -> Iterator[tuple[int, list[int]]]:
    """Yield each axis that every result has and that is longer than one where it is wrong."""
    for axis in range(min([e.got.ndim for e in case.examples])):
        lengths = [e.got.shape[axis] for e in case.examples]
        if axis < MAX_PERMUTED and _is_long_twice(case, lengths):
            yield axis, lengths


def not_summed(case: Case) -> Relation | None:
    """Got becomes right when it is added up, or averaged, over an axis."""
    if all([e.got.size <= e.right.size for e in case.examples]):
        return None
    for axis, lengths in _find_long_axes(case):
        over = _name_axis(case, axis, lengths)
        if _is_borne_out(case, functools.partial(_is_right_sum, axis=axis)):
            name = f"not-summed-over-axis-{axis}"
            return Relation(name, f"this still has to be added up over {over}")
        if _is_borne_out(case, functools.partial(_is_right_mean, axis=axis)):
            return Relation(
                f"not-averaged-over-axis-{axis}", f"this still has to be averaged over {over}"
            )
    return None


def _is_right_sum(e: Example, axis: int) -> bool:
    return _is_right(e, e.got.sum(axis))


def _is_right_mean(e: Example, axis: int) -> bool:
    return _is_right(e, e.got.sum(axis) / max(e.got.shape[axis], 1))


def _is_right(e: Example, numbers: np.ndarray) -> bool:
    flat = np.asarray(numbers).ravel()
    return flat.size == e.right.size and bool(same(flat, e.right.ravel(), *e.bounds).all())


def repeated(case: Case) -> Relation | None:
    """Got is the right result several times over, along an axis."""
    for axis, _ in _find_long_axes(case):
        if _is_borne_out(case, functools.partial(_is_repeated, axis=axis)):
            return Relation(
                f"repeated-along-axis-{axis}",
                f"the right numbers are there, repeated along the {_name_ordinal(axis)} axis",
            )
    return None


def _is_repeated(e: Example, axis: int) -> bool:
    if e.got.size != e.right.size * e.got.shape[axis]:
        return False
    slices = np.moveaxis(e.got, axis, 0)
    return all([_is_right(e, one) for one in slices])


_Shape = tuple[int, ...]

#: A shape without an axis of length one, None where it has none there.
_ENDS: tuple[tuple[str, Callable[[_Shape], _Shape | None]], ...] = (
    ("leading", lambda shape: shape[1:] if shape[:1] == (1,) else None),
    ("trailing", lambda shape: shape[:-1] if shape[-1:] == (1,) else None),
)


def axis_missing(case: Case) -> Relation | None:
    """Got has an axis of length one too few or too many, whatever its numbers are."""
    shapes = [(e.got.shape, e.right.shape) for e in case.examples]
    fitting = []
    for end, cut in _ENDS:
        if all([got == cut(right) for got, right in shapes]):
            sentence = f"the {end} axis of length one is missing"
            fitting.append(Relation(f"{end}-axis-missing", sentence))
        if all([right == cut(got) for got, right in shapes]):
            sentence = f"there is an extra {end} axis of length one"
            fitting.append(Relation(f"{end}-axis-added", sentence))
    if len(fitting) == 1:
        return fitting[0]
    # Of a result of one number no one can say which end it is.
    if not fitting and all([got == _drop_ones(right) for got, right in shapes]):
        return Relation("axes-of-length-one-missing", "all axes of length one are missing")
    return None


def _drop_ones(shape: _Shape) -> _Shape:
    return tuple([length for length in shape if length != 1])


def flattened(case: Case) -> Relation | None:
    """Got has the right numbers in a single axis."""
    if all([e.got.ndim == 1 and e.right.ndim > 1 for e in case.examples]) and _is_in_order(case):
        return Relation(
            "flattened", "the numbers are right, but they come back in one axis instead of several"
        )
    return None


def other_axes(case: Case) -> Relation | None:
    """Got has the right numbers in the right order, in other axes."""
    if _is_in_order(case):
        some = "" if all(case.is_wrong) else " in some of the calls"
        return Relation(
            "other-axes",
            f"the numbers are right and in the right order, but the axes are not{some}",
        )
    return None


def _is_in_order(case: Case) -> bool:
    return case.gives(lambda e: e.right)


def swapped_shape(case: Case) -> Relation | None:
    """Got has the shape of the transpose, whatever its numbers are."""
    shapes = {e.right.shape for e in case.examples}
    is_so = all([e.right.ndim == 2 and e.got.shape == e.right.shape[::-1] for e in case.examples])
    # One shape may be another one's by chance.
    if is_so and len(shapes) >= min(2, case.count):
        return Relation("axes-swapped", "this has the shape of the transpose")
    return None
