"""Relations of size: the sign, a factor that is a length or a number, something added."""

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograder.judge.relations.case import NOTHING, Case, Relation, take_only

__all__ = [
    "TIMES",
    "constant_factor",
    "constant_offset",
    "find_factors",
    "one_length",
    "opposite_sign",
    "two_lengths",
]

#: Different numbers that it takes to tell a factor or an offset.
FEWEST = 3

#: Numbers that are all smaller than this show no factor: what is allowed of them is a part of it.
SMALLEST = 1e-7

#: The bases of numpy's other logarithms, and how near a factor has to be to theirs.
BASES, NEAR = (2, 10), 1e-6

#: How a factor goes on.
TIMES = "times what it should be"

SIGN = "every number has the opposite sign"


def find_factors(case: Case) -> np.ndarray | None:
    """Return each example's factor, nan where all is 0; None where some is not proportional."""
    if "factors" not in case.memo:
        case.memo["factors"] = _compute_factors(case) if case.is_aligned else None
    factors: np.ndarray | None = case.memo["factors"]
    return factors


def _compute_factors(case: Case) -> np.ndarray | None:
    products = np.bincount(case.owner, case.got * case.right, minlength=case.count)
    squares = np.bincount(case.owner, case.right * case.right, minlength=case.count)
    factors = products / squares
    is_seen = squares > SMALLEST**2
    filled = np.where(is_seen, factors, 0.0)
    if not np.isfinite(filled).all() or not case.is_got(filled[case.owner] * case.right):
        return None
    factors[~is_seen] = np.nan
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
    if case.is_aligned and case.follows(-case.right, fewest=1):
        return Relation("opposite-sign", SIGN)
    return None


def one_length(case: Case) -> Relation | None:
    """Got is the right result times, or divided by, one length or its square, with either sign."""
    letters = case.letters if find_factors(case) is not None else {}
    powers = [*letters.items(), *[(f"{x} squared", sizes**2) for x, sizes in letters.items()]]
    return _find_length(case, _list_lengths(powers))


def two_lengths(case: Case) -> Relation | None:
    """Got is the right result times a product or quotient of two lengths, with either sign."""
    letters = case.letters if find_factors(case) is not None else {}
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
    """Return the length that is the factor of every example, if it is a single one."""
    factors = find_factors(case)
    if factors is None:
        return None
    is_seen = _find_telling(case, factors)
    found = []
    for name, clause, sizes in lengths:
        # Where the length never varies, it can't be told from a constant.
        if not _is_varied(sizes, is_seen, np.array(case.is_wrong)):
            continue
        if _is_factor(case, factors, sizes):
            found.append(Relation(name, clause))
        elif _is_factor(case, factors, -sizes):
            both = f"opposite-sign-and-{name}"
            found.append(Relation(both, f"{clause}, and has the opposite sign"))
    return take_only(found)


def _find_telling(case: Case, factors: np.ndarray) -> np.ndarray:
    """Return the examples that show a factor: alike entries show none, as sums are of any size."""
    is_seen: np.ndarray = ~np.isnan(factors)
    return is_seen & [e.call.is_varied for e in case.examples]


def _is_varied(sizes: np.ndarray, is_seen: np.ndarray, is_wrong: np.ndarray) -> bool:
    """Tell whether there are three sizes, two of them where the result is wrong, or two twice."""
    shown, counts = np.unique(sizes[is_seen & is_wrong], return_counts=True)
    if shown.size < 2:
        return False
    return np.unique(sizes[is_seen]).size >= FEWEST or bool((counts >= 2).all())


def constant_factor(case: Case) -> Relation | None:
    """Got is the right result times one number, the same for all examples."""
    factors = find_factors(case)
    if factors is None or np.isnan(factors).all():
        return None
    factor = float(np.nanmedian(factors))
    if factor == 0 or abs(abs(factor) - 1) < 1e-9 or not _is_factor(case, factors, factor):
        return None
    is_seen = _find_telling(case, factors)
    telling = case.split(np.abs(case.right), is_seen[case.owner] & (np.abs(case.right) > SMALLEST))
    # One number, or two, have a factor, whatever is wrong.
    if not case.is_enough(telling, fewest=FEWEST) or _may_be_length(case, abs(factor), is_seen):
        return None
    base = next((b for b in BASES if abs(abs(factor) * math.log(b) - 1) < NEAR), 0)
    logarithm = f": log{base} of a number is {1 / math.log(base):.4g} times its log" if base else ""
    if base and factor < 0:
        return Relation(
            "opposite-sign-and-constant-factor",
            "two things: the sign is wrong, and the size of every number is"
            f" {_show_factor(-factor)} {TIMES}{logarithm}",
        )
    sentence = f"every number is {_show_factor(factor)} {TIMES}{logarithm}"
    return Relation("constant-factor", sentence)


def _show_factor(factor: float) -> str:
    """Return a factor as text, as a fraction too where it is one of a whole number."""
    digits = 4 if abs(abs(factor) - 1) > 0.01 else 7
    whole = round(1 / abs(factor))
    is_part = whole > 2 and abs(abs(factor) * whole - 1) < NEAR
    sign = "-" * (factor < 0)
    return f"{factor:.{digits}g}{f' ({sign}1/{whole})' if is_part else ''}"


def _may_be_length(case: Case, number: float, is_seen: np.ndarray) -> bool:
    """Tell whether a number may come from a length that is the same wherever it is seen."""
    fixed = {sizes[is_seen][0] for sizes in case.letters.values() if np.ptp(sizes[is_seen]) == 0}
    made = [made for size in fixed if size > 1 for made in (size, size**2, size - 1, size + 1)]
    return any([np.isclose([number, number * other], [other, 1.0]).any() for other in made])


def constant_offset(case: Case) -> Relation | None:
    """Got is the right result plus one number, the same for all examples."""
    if not case.is_aligned:
        return None
    offset = float(np.median(case.got - case.right))
    if not abs(offset) > NOTHING or not np.isfinite(offset):
        return None
    is_seen = np.array([e.call.is_varied for e in case.examples])
    telling = case.split(case.right, is_seen[case.owner])
    if not case.is_got(case.right + offset) or not case.is_enough(telling, fewest=FEWEST):
        return None
    if _may_be_length(case, abs(offset), is_seen):
        return None
    word = "large" if offset > 0 else "small"
    return Relation(
        "constant-offset",
        f"every number is too {word} by {abs(offset):.4g}",
    )
