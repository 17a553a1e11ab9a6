"""Where a result is wrong: at some numbers, rows or examples only, or from some size on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judge.relations.batch import is_filled
from autograder.judge.relations.case import (
    NOTHING,
    Case,
    Example,
    Relation,
    count_different,
    plain_name,
)

__all__ = [
    "align_arguments",
    "exact_place",
    "large_numbers",
    "likely_place",
    "not_finite",
]

#: Numbers on either side of a line between right and wrong, for the line to mean something.
FEWEST = 3

#: One in so many numbers, at least, lies outside a place.
LEAST_RIGHT = 8


#: The least part that is wrong of what is said to be mostly wrong.
MOST = 0.75


@dataclass(frozen=True)
class _Place:
    """Some of the numbers of all examples, and what to say where only they are wrong.

    Where nothing else is right (`is_rest`) there are no exceptions to that. Places of one `group`
    are told of in their order; of two groups, neither can be said to be the one.
    """

    name: str
    clause: str
    mask: np.ndarray
    group: str = ""
    is_rest: bool = False

    @property
    def relation(self) -> Relation:
        """What is said."""
        return Relation(self.name, self.clause)


def exact_place(case: Case) -> Relation | None:
    """All numbers of one place are wrong, and no others."""
    return _take_place(case, [p for p in _list_places(case) if (p.mask == case.wrong).all()])


def likely_place(case: Case) -> Relation | None:
    """Only numbers of one place are wrong, at least half of these."""
    fitting = []
    for place in [place for place in _list_places(case) if not place.is_rest]:
        is_within = not (case.wrong & ~place.mask).any()
        is_half = 2 * int(case.wrong.sum()) >= int(place.mask.sum())
        if is_within and is_half:
            fitting.append(place)
    return _take_place(case, fitting)


def _take_place(case: Case, fitting: Sequence[_Place]) -> Relation | None:
    """Return what to say of the first place, where no other kind of place fits as well."""
    telling = [place for place in fitting if _is_worth_saying(case, place.mask)]
    groups = {place.group for place in telling if place.group}
    return telling[0].relation if telling and len(groups) < 2 else None


def _is_worth_saying(case: Case, mask: np.ndarray) -> bool:
    """Tell whether there are enough numbers on either side: 'right but for' most says nothing."""
    outside = int((~mask).sum())
    is_enough = outside >= FEWEST and LEAST_RIGHT * outside >= mask.size
    is_seen = case.is_in_two(case.wrong & mask) and case.is_in_two(~case.wrong & ~mask)
    return is_enough and is_seen and int((case.wrong & mask).sum()) >= 2


def _list_places(case: Case) -> list[_Place]:
    if "places" not in case.memo:
        case.memo["places"] = list(_find_places(case)) if case.is_aligned else []
    places: list[_Place] = case.memo["places"]
    return places


def _find_places(case: Case) -> Iterator[_Place]:
    yield from _find_signs(case)
    yield from _find_labels(case)
    yield from _find_words(case)
    yield from _find_diagonal(case)
    yield from _find_ends(case)
    clause = "this is wrong only where zero belongs"
    yield _Place("wrong-where-zero-belongs", clause, np.abs(case.right) <= NOTHING)


def _find_signs(case: Case) -> Iterator[_Place]:
    for name, x in align_arguments(case):
        for word, mask in (
            ("zero", x == 0),
            ("negative", x < 0),
            ("positive", x > 0),
            ("zero or negative", x <= 0),
            ("zero or positive", x >= 0),
        ):
            exactly = "exactly " if word == "zero" else ""
            clause = f"this is right except where {name} is {exactly}{word}"
            yield _Place(
                f"wrong-where-{plain_name(name)}-is-{word.replace(' ', '-')}", clause, mask, name
            )


def _make_mask(
    case: Case, of: Callable[[Example, Any], Any], values: Any = None
) -> np.ndarray | None:
    """Return the masks of all examples in one row, None where some example has none."""
    masks = []
    for number, example in enumerate(case.examples):
        mask = of(example, values[number] if values else None)
        if mask is None:
            return None
        masks.append(np.broadcast_to(mask, example.right.shape).ravel())
    row: np.ndarray = np.concatenate(masks).astype(bool)
    return row


def _is_whole(value: Any, axes: int) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "i" and value.ndim == axes


def _find_labels(case: Case) -> Iterator[_Place]:
    def at_label(e: Example, y: Any) -> Any:
        if not _is_whole(y, 1) or e.right.ndim != 2 or len(y) != len(e.right):
            return None
        return np.arange(e.right.shape[1]) == y[:, None]

    for name, values in case.arguments.items():
        mask = _make_mask(case, at_label, values)
        if mask is not None:
            at = f"the entry of the label {name}"
            yield _Place("wrong-at-the-label", f"only {at} is wrong", mask, "label")
            yield _Place(
                "right-at-the-label-only", f"only {at} is right", ~mask, "label", is_rest=True
            )


def _find_words(case: Case) -> Iterator[_Place]:
    """Yield the rows of a table whose numbers occur often in an argument, or never."""
    for name, values in case.arguments.items():
        often = _make_mask(case, lambda e, whole: _is_counted(e, whole, lambda n: n > 1), values)
        never = _make_mask(case, lambda e, whole: _is_counted(e, whole, lambda n: n == 0), values)
        if often is not None and never is not None:
            words = _name_rows(case)
            clause = f"only the rows of {words} that occur more than once in {name} are wrong"
            yield _Place("wrong-for-repeated-words", clause, often, "words")
            clause = f"only the rows of {words} that do not occur in {name} are wrong"
            yield _Place("wrong-for-absent-words", clause, never, "words")


def _name_rows(case: Case) -> str:
    """Return what the homework's letter for the table's length counts, such as ``words``."""
    letters = case.examples[0].call.letters
    rows = np.array([len(e.right) for e in case.examples])
    counting = [x for x, sizes in case.letters.items() if x in letters and (sizes == rows).all()]
    return letters[counting[0]].partition(" of ")[0] if counting else "numbers"


def _is_counted(e: Example, whole: Any, of: Callable[[np.ndarray], np.ndarray]) -> Any:
    if not _is_whole(whole, 2) or e.right.ndim != 2 or whole.size == 0:
        return None
    if whole.min() < 0 or whole.max() >= len(e.right):
        return None
    return of(np.bincount(whole.ravel(), minlength=len(e.right)))[:, None]


def _find_diagonal(case: Case) -> Iterator[_Place]:
    def diagonal(e: Example, _: Any) -> Any:
        is_square = e.right.ndim >= 2 and e.right.shape[-1] == e.right.shape[-2]
        return np.eye(e.right.shape[-1], dtype=bool) if is_square else None

    mask = _make_mask(case, diagonal)
    if mask is not None:
        yield _Place("wrong-on-the-diagonal", "only the diagonal is wrong", mask, "diagonal")
        yield _Place(
            "right-on-the-diagonal-only",
            "only the diagonal is right",
            ~mask,
            "diagonal",
            is_rest=True,
        )


def _find_ends(case: Case) -> Iterator[_Place]:
    """Yield the first and the last row, column or entry."""
    for axis, place in ((0, 0), (0, -1), (1, 0), (1, -1)):

        def line(e: Example, _: Any, axis: int = axis, place: int = place) -> Any:
            if e.right.ndim not in (1, 2) or axis >= e.right.ndim:
                return None
            mask = np.zeros(e.right.shape, dtype=bool)
            (mask if axis == 0 else mask.T)[place:][:1] = True
            return mask

        mask = _make_mask(case, line)
        if mask is None or not _is_long(case, axis):
            continue
        is_row = all([e.right.ndim == 2 for e in case.examples])
        what = ("row" if axis == 0 else "column") if is_row else "entry"
        end = "first" if place == 0 else "last"
        yield _Place(f"wrong-in-the-{end}-{what}", f"only the {end} {what} is wrong", mask, "end")
        name, clause = f"right-in-the-{end}-{what}-only", f"only the {end} {what} is right"
        yield _Place(name, clause, ~mask, "end", is_rest=True)


def _is_long(case: Case, axis: int) -> bool:
    """Tell whether two wrong examples have three lines: of two, one is first and one is last."""
    pairs = zip(case.examples, case.is_wrong, strict=True)
    long = [e for e, wrong in pairs if wrong and e.right.shape[axis] >= FEWEST]
    return len(long) >= min(2, case.count)


def align_arguments(case: Case) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arguments of the result's shape, in one row."""
    for name, values in case.arguments.items():
        pairs = zip(values, case.examples, strict=True)
        if all([isinstance(v, np.ndarray) and v.shape == e.right.shape for v, e in pairs]):
            yield name, case.flat(values)


def large_numbers(case: Case) -> Relation | None:
    """Right where an argument is small, wrong where it is large; or on one side alone."""
    if not case.is_aligned:
        return None
    found = {}
    filled = np.array([is_filled(example) for example in case.examples])
    for name, x in align_arguments(case):
        found[name] = _find_line(name, _Sizes(x, case.wrong, case.owner, filled[case.owner]))
    for name, values in case.arguments.items():
        found[name] = found.get(name) or _look_at_rows(case, name, values)
    told = [relation for relation in found.values() if relation is not None]
    return told[0] if len(told) == 1 else None


@dataclass(frozen=True)
class _Sizes:
    """Numbers of an argument, which of them go with something wrong, and whose they are.

    Those that are `telling` count: with zeros for arguments, or beside rows of zeros alone, many a
    mistake is right.
    """

    numbers: np.ndarray
    wrong: np.ndarray
    owner: np.ndarray
    telling: np.ndarray

    def is_enough(self, side: np.ndarray) -> bool:
        """Tell whether one side has a few numbers that differ, in two examples."""
        side = side & self.telling
        several = count_different(self.numbers[side]) >= FEWEST
        return several and np.unique(self.owner[side]).size >= 2


def _find_line(name: str, sizes: _Sizes, *, row: str = "") -> Relation | None:
    """Find the size from which on most is wrong, and nothing below it."""
    x, wrong = sizes.numbers, sizes.wrong
    if not wrong.any():
        return None
    for side, words, size in (
        ("", "up to {} in size, {} from {} on", np.abs(x)),
        ("positive ", "up to {}, {} from {} on", x),
        ("negative ", "down to -{}, {} from -{} on", -x),
    ):
        above = size >= size[wrong].min()
        is_share = LEAST_RIGHT * int((~above).sum()) >= above.size
        if not (is_share and sizes.is_enough(~above) and sizes.is_enough(above & wrong)):
            continue
        right_up_to, wrong_from = size[~above].max(), size[above].min()
        if right_up_to > NOTHING and wrong.sum() >= MOST * above.sum():
            what = "wrong" if wrong[above].all() else "and mostly wrong"
            numbers = words.format(f"{right_up_to:g}", what, f"{wrong_from:g}")
            return Relation(
                f"wrong-for-large-{side.replace(' ', '-')}{plain_name(name)}",
                f"this is right for {row}{name} {numbers}",
            )
    return None


def _look_at_rows(case: Case, name: str, values: tuple[Any, ...]) -> Relation | None:
    sizes, wrong, owner, others = [], [], [], []
    for number, (x, e) in enumerate(zip(values, case.examples, strict=True)):
        if not isinstance(x, np.ndarray) or x.ndim != 2 or not x.size or x.dtype.kind != "f":
            return None
        if e.right.ndim == 0 or len(e.right) != len(x) or not e.right.size:
            return None
        sizes.append(np.abs(x).max(axis=1))
        wrong.append(case.wrong[case.owner == number].reshape(len(x), -1).any(axis=1))
        owner.append(np.full(len(x), number))
        others.append(np.count_nonzero(sizes[-1]) - (sizes[-1] != 0))
    size, is_wrong, of, beside = [np.concatenate(each) for each in (sizes, wrong, owner, others)]
    # Where no row alone is wrong, it may be others beside it that make it so, and not its size.
    telling = (beside > 0) | bool((is_wrong & (beside == 0)).any())
    return _find_line(name, _Sizes(size, is_wrong, of, telling), row="rows of ")


def not_finite(case: Case) -> Relation | None:
    """Every wrong number is nan or infinity."""
    if not case.is_aligned or np.isfinite(case.got[case.wrong]).any():
        return None
    if case.wrong.all():
        return Relation("not-finite", "nan or infinity comes back for all of these inputs")
    if int((~case.wrong).sum()) < FEWEST:
        return None
    clause = "nan or infinity comes out in some places; all other numbers are right"
    return Relation("not-finite", clause)
