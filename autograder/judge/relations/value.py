"""Relations of value: a function of the right result, a constant, an argument as it came."""

from collections.abc import Callable

import numpy as np

from autograder.judge.relations.case import Case, Relation, same

__all__ = [
    "another_result",
    "approximation",
    "argument_returned",
    "clipped",
    "constant",
    "function_of_right",
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
        "negative results are cut to zero",
        lambda r: np.maximum(r, 0.0),
    ),
    (
        "positive-cut-to-zero",
        "positive results are cut to zero",
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
    ("sign-alone", "this is the sign of the right result alone", np.sign),
    ("cut-to-integers", "the decimals are cut off: the numbers are whole", np.trunc),
    ("rounded-to-integers", "the numbers are rounded to whole ones", np.rint),
    ("rounded-down", "the numbers are rounded down to whole ones", np.floor),
    ("rounded-up", "the numbers are rounded up to whole ones", np.ceil),
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
    return Relation("clipped", f"the numbers are cut off: none lies {' or '.join(words)}")


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
            return Relation("argument-returned", f"this is {name} itself, as it was given")
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
