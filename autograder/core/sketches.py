"""Sketch results: one number for each array, so that very many can be kept and recognized.

The number is a weighted sum of all entries, with weights that are the same everywhere. Arrays of
one size have the same sum if they are equal; two that differ have it by a coincidence, which a
dozen calls leave no room for. So a table of sketches takes the place of results wherever nothing
but the question 'is it this one?' is asked.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.core.compare import is_leaf, tolerance

__all__ = ["Sketch", "count_leaves", "sketch"]

#: What stands for an entry that is not finite: +inf, -inf, nan.
_NOT_FINITE = (7919.0, -6101.0, 4337.0)

#: Beyond, a weighted sum might become infinite.
LARGEST = 1e300

_MASK = 2**64 - 1


@dataclass(frozen=True)
class Sketch:
    """What is kept of a result.

    Attributes
    ----------
    form : str
        Its structure: several results, keys. Two sketches can be compared where it is equal.
    numbers, margins : numpy.ndarray, one float64 for each array
        The weighted sums, and how far the same array's may be off.
    shapes : tuple of tuple of int
        Each array's.
    """

    form: str
    numbers: np.ndarray
    margins: np.ndarray
    shapes: tuple[tuple[int, ...], ...]


def sketch(tree: Any) -> Sketch | None:
    """Return a result's sketch, None where some leaf is no array."""
    leaves: list[tuple[np.ndarray, str]] = []
    form = _collect(tree, leaves)
    if form is None:
        return None
    pairs = [_weigh(array, name) for array, name in leaves]
    numbers, margins = np.array(pairs).reshape(-1, 2).T
    return Sketch(form, numbers, margins, tuple([array.shape for array, _ in leaves]))


def count_leaves(tree: Any) -> int:
    """Return how many arrays a result has."""
    if is_leaf(tree):
        return 1
    items = tree.values() if isinstance(tree, dict) else tree
    return sum([count_leaves(item) for item in items])


def _collect(tree: Any, leaves: list[tuple[np.ndarray, str]]) -> str | None:
    """Add the leaves of `tree`, a dict's by key; return its form, None where some is no array."""
    if is_leaf(tree):
        leaves.append(tree)
        return "."
    if not isinstance(tree, tuple | dict):
        return None
    keys = sorted(tree) if isinstance(tree, dict) else range(len(tree))
    forms = [_collect(tree[key], leaves) for key in keys]
    if None in forms:
        return None
    named = [f"{key!r}{form}" for key, form in zip(keys, forms, strict=True)]
    return f"{type(tree).__name__}({' '.join(named)})"


def _weigh(array: np.ndarray, dtype_name: str) -> tuple[float, float]:
    """Return an array's weighted sum, and the tolerance of its type for a mean entry."""
    relative, absolute = tolerance(dtype_name)
    entries = array.astype(np.float64).ravel()
    if not entries.size:
        return 0.0, absolute
    total = float(np.abs(entries).sum())
    if not total < LARGEST:
        entries = _replace_not_finite(entries) / (2 * entries.size)
        total = float(np.abs(entries).sum())
    return float(_weights(entries.size) @ entries), absolute + relative * total / entries.size


def _replace_not_finite(entries: np.ndarray) -> np.ndarray:
    above, below, neither = _NOT_FINITE
    return np.nan_to_num(entries, posinf=above, neginf=below, nan=neither)  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=256)
def _weights(count: int) -> np.ndarray:
    """Return weights between 0.5 and 1.5, without any pattern: a mixed-up counter."""
    return np.array([_mix(number) for number in range(1, count + 1)]) / 2**64 + 0.5


def _mix(number: int) -> float:
    number = (number * 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return float(number ^ (number >> 31))
