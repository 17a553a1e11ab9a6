"""Whether a result is right for a batch of one item only, or wrong for that one only."""

import itertools
from collections.abc import Iterator

import numpy as np

from autograder.judge.relations.case import NOTHING, Case, Example, Relation, same

__all__ = ["for_one_item", "is_filled"]

#: Calls or rows of more items that it takes, and the part of the calls that is wrong.
FEWEST = 5
MOST = 2 / 3

#: The part of all later rows that is wrong where an item is not right by itself.
NEARLY_ALL = 0.85

#: How often as many rows as there are calls with one item may be right by chance.
CHANCE = 0.02

#: How much larger numbers have to be to overflow where others don't.
MUCH = 10.0

#: What a label is: the first of all, the last, or one between.
FIRST, LAST, BETWEEN = range(3)


def for_one_item(case: Case) -> Relation | None:
    """Right for a batch of one item and wrong for more, or the reverse.

    There are few calls with one item: nothing else may tell them from the others.
    """
    sizes = case.letters.get(case.batch[0])
    if sizes is None or not _is_telling(case):
        return None
    is_one, wrong = sizes == 1, np.array(case.is_wrong)
    # With zeros for arguments many a mistake is right, however many items there are.
    filled = np.array([is_filled(example) for example in case.examples])
    if not (is_one & filled).any() or is_one.all():
        return None
    if _has_rival(case, is_one, wrong) or _has_rival_label(case, is_one, wrong):
        return None
    is_usual = _is_usual(case, ~is_one & filled, int((is_one & filled).sum()))
    if not wrong[is_one].any() and is_usual and case.is_shown:
        clause = "this is right for a batch of one item, and wrong only where there are more"
        return Relation("right-for-one-item-only", clause)
    if wrong[is_one & filled].all() and not wrong[~is_one].any():
        return Relation("wrong-for-one-item", "this is wrong for a batch of one item only")
    return None


def _is_usual(case: Case, is_more: np.ndarray, singles: int) -> bool:
    """Tell whether calls with more items are wrong so often that one item is right by no chance.

    Where there is a row for each item, nearly all rows but the first are wrong, so that as many as
    there are `singles` are hardly ever right together; else all calls are.
    """
    wrong = is_more & np.array(case.is_wrong)
    rows = [row for n in np.flatnonzero(is_more) for row in _judge_later_rows(case, int(n))]
    if len(rows) >= FEWEST:
        is_chance = (1 - np.mean(rows)) ** singles > CHANCE
        is_most = bool(wrong.sum() >= MOST * is_more.sum())
        return bool(np.mean(rows) >= NEARLY_ALL) and is_most and not is_chance
    return bool(wrong.sum() >= FEWEST) and bool((wrong == is_more).all())


def _judge_later_rows(case: Case, number: int) -> list[bool]:
    """Return of each item but the first whether its row is wrong; nothing where there are none."""
    example = case.examples[number]
    items = int(case.letters[case.batch[0]][number])
    got, right = example.got, example.right
    if right.ndim == 0 or len(right) != items or got.size != right.size:
        return []
    wrong: np.ndarray = ~same(got.ravel(), right.ravel(), *example.bounds)
    return [bool(row.any()) for row in wrong.reshape(items, -1)[1:]]


def is_filled(example: Example) -> bool:
    """Tell whether no array of real numbers that goes in or should come out is zero throughout."""
    given = [v for v in example.call.arguments.values() if isinstance(v, np.ndarray)]
    arrays = [example.right, *[value for value in given if value.dtype.kind == "f"]]
    is_nowhere_zero = all([bool((np.abs(array) > NOTHING).any()) for array in arrays])
    return is_nowhere_zero and example.call.is_varied


def _is_telling(case: Case) -> bool:
    """Tell whether the numbers say something: a label is right by chance, nan has other reasons."""
    got = case.flat([e.got for e in case.examples])
    right = case.flat([e.right for e in case.examples])
    return bool(np.isfinite(got).all()) and not bool((right == np.rint(right)).all())


def _has_rival(case: Case, is_one: np.ndarray, wrong: np.ndarray) -> bool:
    """Tell whether other lengths, or the size of the numbers, tell right from wrong as well."""
    others = ~is_one & (wrong != wrong[is_one].any())
    sizes = [n for name, n in case.letters.items() if name != case.batch[0]]
    tied = [(a == b).astype(float) for a, b in itertools.combinations(sizes, 2)]
    lengths = [(measure, 1.0) for measure in (*sizes, *tied)]
    measures = [*lengths, *[(largest, MUCH) for largest in _measure_arguments(case)]]
    return bool(others.any()) and any(
        [
            times * measure[is_one].max() < measure[others].min()
            or measure[is_one].min() > times * measure[others].max()
            for measure, times in measures
        ]
    )


def _measure_arguments(case: Case) -> Iterator[np.ndarray]:
    """Yield the largest number of each argument by example."""
    for values in case.arguments.values():
        if all([isinstance(v, np.ndarray) and v.dtype.kind == "f" and v.size for v in values]):
            yield np.array([np.abs(value).max() for value in values])


def _has_rival_label(case: Case, is_one: np.ndarray, wrong: np.ndarray) -> bool:
    """Tell whether the one item has the first or the last label, and that may be what counts.

    It is not if an item of a larger batch has such a label and is not as the one is.
    """
    for values in case.arguments.values():
        if not all([isinstance(v, np.ndarray) and v.dtype.kind in "iu" for v in values]):
            continue
        places = [
            _place_labels(e, v, case.batch[0]) for e, v in zip(case.examples, values, strict=True)
        ]
        of_one = np.concatenate([p.ravel() for p in itertools.compress(places, is_one)])
        rows = zip(case.examples, places, strict=True)
        others = itertools.compress(rows, ~is_one)
        is_wrong = bool(wrong[is_one].any())
        if BETWEEN not in of_one and not any([_differs(*row, of_one, is_wrong) for row in others]):
            return True
    return False


def _place_labels(example: Example, labels: np.ndarray, batch: str) -> np.ndarray:
    lengths = [size for name, size in example.call.lengths.items() if name != batch]
    return np.where(labels == 0, FIRST, np.where(np.isin(labels + 1, lengths), LAST, BETWEEN))


def _differs(example: Example, places: np.ndarray, of_one: np.ndarray, is_wrong: bool) -> bool:
    """Tell whether an item with a label in such a place is wrong where the one is right."""
    got, right = example.got, example.right
    if right.ndim == 0 or len(right) != len(places) or got.size != right.size:
        return False
    wrong = ~same(got.ravel(), right.ravel(), *example.bounds).reshape(len(places), -1)
    of_such = wrong[np.isin(places, of_one).reshape(len(places), -1).all(axis=1)]
    return bool((of_such.any(axis=1) != is_wrong).any())
