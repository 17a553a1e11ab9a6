"""Relations of the numbers: a constant, an argument, a function of what is right."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.judge.relations.case import (
    NOTHING,
    Case,
    Relation,
    count_different,
    plain_name,
    same,
    take_only,
)

__all__ = [
    "another_result",
    "approximation",
    "argument_returned",
    "clipped",
    "constant",
    "function_of_right",
    "has_other_kind",
    "not_whole",
    "with_argument",
]

#: The largest relative error of what is still called an approximation.
COARSEST = 1e-2

#: Different numbers that it takes to tell an approximation, or what was rounded or cut.
FEWEST = 3

Function = Callable[[np.ndarray], np.ndarray]


def _subtract_from_one(numbers: np.ndarray) -> np.ndarray:
    return 1 - numbers


_FUNCTIONS: tuple[tuple[str, str, Function], ...] = (
    ("one-minus-right", "this is one minus the right result", _subtract_from_one),
    ("absolute-value", "this is the absolute value of the right result", np.abs),
    (
        "negative-cut-to-zero",
        "negative results are set to zero",
        lambda r: np.maximum(r, 0.0),
    ),
    (
        "positive-cut-to-zero",
        "positive results are set to zero",
        lambda r: np.minimum(r, 0.0),
    ),
    ("squared", "this is the square of the right result", np.square),
    ("square-root", "this is the square root of the right result", np.sqrt),
    ("reciprocal", "this is one divided by the right result", lambda r: 1 / r),
    ("exponential", "this is exp of the right result", np.exp),
    ("logarithm", "this is the logarithm of the right result", np.log),
    (
        "logarithm-with-opposite-sign",
        "this is minus the logarithm of the right result",
        lambda r: -np.log(r),
    ),
    ("sign-alone", "this is only the sign of the right result", np.sign),
)

#: The same for what is whole afterwards: where the right result is whole but for noise, it stays.
_WHOLE: tuple[tuple[str, str, Function], ...] = (
    ("cut-to-integers", "everything after the decimal point is cut off", np.trunc),
    ("rounded-to-integers", "the numbers are rounded to whole numbers", np.rint),
    ("rounded-down", "the numbers are rounded down to whole numbers", np.floor),
    ("rounded-up", "the numbers are rounded up to whole numbers", np.ceil),
)

#: Decimals that numbers may be rounded to; with one more they are right.
DECIMALS = range(1, 6)


def function_of_right(case: Case) -> Relation | None:
    """Got is one of a few functions of the right result."""
    if not case.is_aligned:
        return None
    for name, clause, function in _FUNCTIONS:
        if case.follows(function(case.right), fewest=2 if function is _subtract_from_one else 3):
            # A single number comes out of many functions.
            is_told = function is not np.sign or count_different(case.got[case.wrong]) > 1
            return Relation(name, clause) if is_told else None
    whole = np.rint(case.right)
    is_whole = np.abs(case.right - whole) <= NOTHING
    for name, clause, function in _WHOLE:
        row = np.where(is_whole, whole, function(case.right))
        if case.follows(row) and count_different(case.got[case.wrong]) > 1:
            return Relation(name, clause)
    if any([_is_rounded(case, decimals) for decimals in DECIMALS]):
        return Relation("rounded", "the numbers are rounded to a few decimals")
    return None


def _is_rounded(case: Case, decimals: int) -> bool:
    is_so = case.follows(np.round(case.right, decimals))
    return is_so and count_different(case.got[case.wrong]) >= FEWEST


def clipped(case: Case) -> Relation | None:
    """Got is the right result, kept between two bounds."""
    if not case.is_aligned or not np.isfinite(case.got).all():
        return None
    low, high = case.got.min(), case.got.max()
    below = case.wrong & (case.right < low)
    above = case.wrong & (case.right > high)
    if not case.is_got(np.clip(case.right, low, high)):
        return None
    # One number at a bound says nothing: two of different size have to be cut to it.
    if any([side.any() and count_different(case.right[side]) < 2 for side in (below, above)]):
        return None
    kept = ~case.wrong & (case.got > low) & (case.got < high)
    if count_different(case.got[kept]) < FEWEST or not case.is_in_two(case.wrong):
        return None
    words = []
    if below.any():
        words.append(f"below {low:.4g}")
    if above.any():
        words.append(f"above {high:.4g}")
    return Relation("clipped", f"the numbers are cut off: none is {' or '.join(words)}")


def constant(case: Case) -> Relation | None:
    """The same comes back whatever the input."""
    first = case.examples[0]
    if case.count < 2 or not np.isfinite(first.got).all() or first.got.size == 0:
        return None
    rights = [e.right for e in case.examples]
    if count_different(case.flat(rights)) < FEWEST or all(
        [np.array_equal(right, rights[0]) for right in rights]
    ):
        return None  # it is meant to be the same, or nearly so
    is_one_number = _is_one_number(case)
    if not is_one_number and not case.gives(lambda _: first.got):
        return None
    what = "the same number comes back" if is_one_number else "the same numbers come back"
    return Relation("constant", f"{what} for all of these inputs")


def _is_one_number(case: Case) -> bool:
    numbers = case.flat([e.got for e in case.examples])
    return numbers.size > 1 and bool(same(numbers, np.full_like(numbers, numbers[0]), 0, 0).all())


def argument_returned(case: Case) -> Relation | None:
    """Got is an argument as it was given, or minus it."""
    found = []
    for name, values in case.arguments.items():
        if not all([isinstance(value, np.ndarray) for value in values]):
            continue
        if _is_given(case, values):
            shapes = [
                (e.got.shape, np.shape(v)) for e, v in zip(case.examples, values, strict=True)
            ]
            is_same = all([got == given for got, given in shapes])
            clause = (
                f"this is {name} itself, unchanged" if is_same else f"these are {name}'s numbers"
            )
            found.append(Relation("argument-returned", clause))
        is_real = all([value.dtype.kind == "f" for value in values])
        if is_real and _is_given(case, [-value for value in values]):
            found.append(Relation("minus-the-argument", f"this is minus {name} itself"))
    return take_only(found)


def _is_given(case: Case, rows: Sequence[np.ndarray]) -> bool:
    """Tell whether each example gave what stands at its place."""
    by_call = {e.call.number: row for e, row in zip(case.examples, rows, strict=True)}
    return case.gives(lambda e: by_call[e.call.number])


def another_result(case: Case) -> Relation | None:
    """Got is what belongs under another name."""
    label = case.label
    return take_only(
        [
            Relation(f"{name}-for-{label}", f"this is {name}, not {label}")
            for name, rights in case.others.items()
            if _is_given(case, rights)
        ]
    )


#: Right numbers that are all whole: of halves, fewer are so by chance.
FEWEST_WHOLE = 12


def has_other_kind(case: Case) -> bool:
    """Tell whether whole numbers belong everywhere, and others came back where it is wrong."""
    if not case.is_aligned or not np.isfinite(case.got).all():
        return False
    is_whole = bool((case.right == np.rint(case.right)).all())
    return is_whole and bool((case.got != np.rint(case.got))[case.wrong].all())


def not_whole(case: Case) -> Relation | None:
    """Got are numbers with decimals where whole numbers belong."""
    is_told = has_other_kind(case) and count_different(case.right) > 1
    if (
        not is_told
        or case.right.size < FEWEST_WHOLE
        or count_different(case.got[case.wrong]) < FEWEST
    ):
        return None
    clause = "whole numbers belong here, and numbers with decimals came back"
    return Relation("not-whole", clause)


def approximation(case: Case) -> Relation | None:
    """Got is right, but not exactly enough."""
    if not case.is_aligned:
        return None
    distance = np.abs(case.got - case.right)
    size = np.abs(case.right)
    if not (distance <= COARSEST * size + NOTHING).all() or not size.any():
        return None
    if count_different(case.right[case.wrong]) < FEWEST or not case.is_in_two(case.wrong):
        return None
    if _is_near(case, np.full_like(case.right, np.median(case.right))) or any(
        [_is_near(case, row) for row in _list_spread_out(case)]
    ):
        return None  # to come near takes no calculation here
    # Of numbers that are next to nothing, any distance is a large part.
    counts = (size > 0) & (distance > NOTHING)
    worst = 100 * float((distance[counts] / size[counts]).max(initial=0.0))
    return Relation(
        "approximation",
        f"the numbers are close, but off by up to about {worst:.1g} %: an approximation is not"
        " exact enough",
    )


def _is_near(case: Case, row: np.ndarray) -> bool:
    return bool((np.abs(row - case.right) <= COARSEST * np.abs(case.right) + NOTHING).all())


def _list_spread_out(case: Case) -> Iterator[np.ndarray]:
    for values in case.arguments.values():
        row = _spread_out(case, values)
        if row is not None:
            yield row


def with_argument(case: Case) -> Relation | None:
    """Got is the right result plus, minus, times or divided by an argument or another result."""
    if not case.is_aligned:
        return None
    found = []
    for name, values in {**case.others, **case.arguments}.items():
        row = _spread_out(case, values)
        relation = None if row is None else _combine(case, name, row)
        if relation is not None and row is not None and _is_told(case, row):
            found.append(relation)
    return take_only(found)


def _combine(case: Case, name: str, row: np.ndarray) -> Relation | None:
    """Find what an argument, in one row, was done to the right result."""
    for word, numbers, more in (
        ("minus", case.right - row, f", as it would be with {name} left out"),
        ("plus", case.right + row, ""),
        ("times", case.right * row, ""),
        ("divided by", case.right / row, ""),
    ):
        if case.is_got(numbers):
            relation = f"{word.replace(' ', '-')}-{plain_name(name)}"
            return Relation(relation, f"this is the right result {word} {name}{more}")
    if case.is_got(row - case.right):
        return Relation(
            f"subtracted-from-{plain_name(name)}", f"this is {name} minus the right result"
        )
    return None


def _is_told(case: Case, row: np.ndarray) -> bool:
    """Tell whether an argument differs enough where the result is wrong."""
    return case.is_enough(case.split(row, case.wrong)) and case.is_enough(
        case.split(case.right, case.wrong)
    )


def _spread_out(case: Case, values: tuple[Any, ...]) -> np.ndarray | None:
    """Return an argument broadcast to the result, in one row; None where it can't be."""
    spread = []
    for value, example in zip(values, case.examples, strict=True):
        if not _is_number(value):
            return None
        array = np.asarray(value, dtype=np.float64)
        shapes = array.shape, example.right.shape
        if array.ndim > example.right.ndim or not _is_broadcast(*shapes):
            return None
        spread.append(np.broadcast_to(array, example.right.shape))
    return case.flat(spread)


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "f")
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_broadcast(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    pairs = zip(reversed(shape), reversed(to), strict=False)
    return all([length in (1, wanted) for length, wanted in pairs])
