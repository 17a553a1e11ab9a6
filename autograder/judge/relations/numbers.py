"""Relations of the numbers: a constant, an argument, a function of what is right, a factor."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograder.judge.relations.case import Case, Relation, plain_name, same

__all__ = [
    "another_result",
    "approximation",
    "argument_returned",
    "clipped",
    "constant",
    "constant_factor",
    "constant_offset",
    "function_of_right",
    "one_length",
    "opposite_sign",
    "two_lengths",
    "with_argument",
]

#: The largest relative error of what is still called an approximation.
COARSEST = 1e-2

#: Differences up to this, the absolute tolerance of values, are none.
NOTHING = 1e-9

Function = Callable[[np.ndarray], np.ndarray]

_FUNCTIONS: tuple[tuple[str, str, Function], ...] = (
    ("one-minus-right", "this is one minus the right result", lambda r: 1 - r),
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
    ("cut-to-integers", "the decimals are cut off: the numbers are whole", np.trunc),
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
        if case.is_got(function(case.right)):
            return Relation(name, clause)
    if any([case.is_got(np.round(case.right, decimals)) for decimals in DECIMALS]):
        return Relation("rounded", "the numbers are rounded to a few decimals")
    return None


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
    if any([side.any() and np.unique(case.right[side]).size < 2 for side in (below, above)]):
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
    if all([np.array_equal(e.right, first.right) for e in case.examples]):
        return None  # it is meant to be the same
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
    for name, values in case.arguments.items():
        if not all([isinstance(value, np.ndarray) for value in values]):
            continue
        pairs = zip(values, case.examples, strict=True)
        given = list(pairs)
        if all([e.is_got(value) for value, e in given]):
            return Relation("argument-returned", f"this is {name} itself, unchanged")
        if all([value.dtype.kind == "f" and e.is_got(-value) for value, e in given]):
            return Relation("minus-the-argument", f"this is minus {name} itself")
    return None


def another_result(case: Case) -> Relation | None:
    """Got is what belongs under another name."""
    for name, rights in case.others.items():
        pairs = zip(rights, case.examples, strict=True)
        if all([e.is_got(right) for right, e in pairs]):
            return Relation(f"{name}-for-{case.label}", f"this is {name}, not {case.label}")
    return None


def approximation(case: Case) -> Relation | None:
    """Got is right, but not exactly enough."""
    if not case.is_aligned:
        return None
    distance = np.abs(case.got - case.right)
    size = np.abs(case.right)
    if not (distance <= COARSEST * size + NOTHING).all() or not size.any():
        return None
    # Of numbers that are next to nothing, any distance is a large part.
    counts = (size > 0) & (distance > NOTHING)
    worst = 100 * float((distance[counts] / size[counts]).max(initial=0.0))
    return Relation(
        "approximation",
        f"the numbers are right up to about {worst:.1g} %: an approximation, not exact enough",
    )


SIGN = "every number has the opposite sign"


def _get_factors(case: Case) -> np.ndarray | None:
    """Return each example's factor, nan where all is 0; None where some is not proportional."""
    if "factors" not in case.memo:
        case.memo["factors"] = _find_factors(case) if case.is_aligned else None
    factors: np.ndarray | None = case.memo["factors"]
    return factors


def _find_factors(case: Case) -> np.ndarray | None:
    products = np.bincount(case.owner, case.got * case.right, minlength=case.count)
    squares = np.bincount(case.owner, case.right * case.right, minlength=case.count)
    factors = products / squares
    filled = np.where(squares > 0, factors, 0.0)
    if not np.isfinite(filled).all() or not case.is_got(filled[case.owner] * case.right):
        return None
    factors[squares == 0] = np.nan
    return factors


def _is_factor(case: Case, factors: np.ndarray, wanted: Any) -> bool:
    """Tell whether these are the factors, and also give every number that came back."""
    known = ~np.isnan(factors)
    near = np.abs(factors - wanted)[known] <= 3e-2 * np.abs(factors[known])
    if not near.all():
        return False
    row = np.broadcast_to(wanted, factors.shape)[case.owner] * case.right
    return case.is_got(row)


def opposite_sign(case: Case) -> Relation | None:
    """Got is minus the right result."""
    if case.is_aligned and case.is_got(-case.right):
        return Relation("opposite-sign", SIGN)
    return None


def one_length(case: Case) -> Relation | None:
    """Got is the right result times, or divided by, one length or its square, with either sign."""
    letters = case.letters if _get_factors(case) is not None else {}
    powers = [*letters.items(), *[(f"{x} squared", sizes**2) for x, sizes in letters.items()]]
    return _find_length(case, _list_lengths(powers))


def two_lengths(case: Case) -> Relation | None:
    """Got is the right result times a product or quotient of two lengths, with either sign."""
    letters = case.letters if _get_factors(case) is not None else {}
    pairs = [(f"{x} * {y}", letters[x] * letters[y]) for x, y in itertools.combinations(letters, 2)]
    ratios = (
        (
            f"{x}-over-{y}-times",
            f"every number is {x} / {y} times what it should be",
            letters[x] / letters[y],
        )
        for x, y in itertools.permutations(letters, 2)
    )
    return _find_length(case, itertools.chain(_list_lengths(pairs), ratios))


_Length = tuple[str, str, np.ndarray]


def _list_lengths(lengths: list[tuple[str, np.ndarray]]) -> Iterator[_Length]:
    """Yield name, clause and factor by example, for each length times and divided."""
    for words, sizes in lengths:
        name = words.replace(" * ", "-").replace(" ", "-")
        yield f"{name}-times-too-large", f"every number is {words} times too large", sizes
        yield f"{name}-times-too-small", f"every number is {words} times too small", 1 / sizes


def _find_length(case: Case, lengths: Iterable[_Length]) -> Relation | None:
    """Return the first length that is the factor of every example."""
    factors = _get_factors(case)
    if factors is None:
        return None
    is_shown = np.array(case.is_wrong) & ~np.isnan(factors)
    for name, clause, sizes in lengths:
        # Where the length never varies, it can't be told from a constant.
        if np.unique(sizes[is_shown]).size < 2:
            continue
        if _is_factor(case, factors, sizes):
            return Relation(name, clause)
        if _is_factor(case, factors, -sizes):
            return Relation(f"opposite-sign-and-{name}", f"{clause}, and has the opposite sign")
    return None


def constant_factor(case: Case) -> Relation | None:
    """Got is the right result times one number, the same for all examples."""
    factors = _get_factors(case)
    if factors is None or np.isnan(factors).all():
        return None
    factor = float(np.nanmedian(factors))
    if factor == 0 or abs(abs(factor) - 1) < 1e-9 or not _is_factor(case, factors, factor):
        return None
    rights = np.concatenate([np.ravel(e.right) for e in case.examples])
    if len(np.unique(np.abs(rights[rights != 0]).round(9))) < 2:
        return None  # one number has a factor, whatever is wrong
    digits = 4 if abs(abs(factor) - 1) > 0.01 else 7
    return Relation(
        "constant-factor",
        f"every number is {factor:.{digits}g} times what it should be",
    )


def constant_offset(case: Case) -> Relation | None:
    """Got is the right result plus one number, the same for all examples."""
    if not case.is_aligned:
        return None
    offset = float(np.median(case.got - case.right))
    if offset == 0 or not np.isfinite(offset) or not case.is_got(case.right + offset):
        return None
    word = "large" if offset > 0 else "small"
    return Relation(
        "constant-offset",
        f"every number is too {word} by {abs(offset):.4g}",
    )


def with_argument(case: Case) -> Relation | None:
    """Got is the right result plus, minus, times or divided by an argument or another result."""
    if not case.is_aligned:
        return None
    for name, values in {**case.others, **case.arguments}.items():
        row = _spread_out(case, values)
        if row is None:
            continue
        for word, numbers, more in (
            ("minus", case.right - row, ", as it would be with {} left out"),
            ("plus", case.right + row, ""),
            ("times", case.right * row, ""),
            ("divided by", case.right / row, ""),
        ):
            if case.is_got(numbers):
                relation = f"{word.replace(' ', '-')}-{plain_name(name)}"
                clause = f"this is the right result {word} {name}{more.format(name)}"
                return Relation(relation, clause)
        if case.is_got(row - case.right):
            return Relation(
                f"subtracted-from-{plain_name(name)}", f"this is {name} minus the right result"
            )
    return None


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
