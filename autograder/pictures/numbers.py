"""Take what a student's function returned as the numbers that a picture needs, or say why not."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.core.compare import is_leaf
from autograder.core.records import CallOutcome, Returned
from autograder.core.results import TOO_LARGE

__all__ = [
    "LARGEST",
    "UnusableError",
    "read_array",
    "read_arrays",
    "read_numbers",
    "read_results",
    "read_value",
]

#: Larger numbers than any right result by far: they would not fit a picture either.
LARGEST = 1e6


class UnusableError(Exception):
    """A result can't be drawn; the text says why, without a capital and a full stop."""


def read_array(tree: Any, shape: tuple[int, ...], *, what: str) -> np.ndarray:
    """Return a result as float64 of this shape, finite and of ordinary size.

    It is untrusted, as `autograder.core.results` makes it. Axes of length 1 may be missing or
    added: that is a fact of its own, charged elsewhere. If it is something else it is an
    `UnusableError`, whose sentence calls it `what`.
    """
    array = _shaped(tree, shape, what)
    if not np.isfinite(array).all():
        raise UnusableError(f"{what} holds numbers that are not finite")
    if array.size and np.abs(array).max() > LARGEST:
        raise UnusableError(f"{what} holds numbers beyond {LARGEST:,.0f}")
    return array


def read_numbers(tree: Any, shape: tuple[int, ...], *, what: str) -> np.ndarray:
    """Return the same, whatever the numbers are; nan stands for those that are not finite."""
    array = _shaped(tree, shape, what)
    return np.where(np.isfinite(array), array, np.nan)


def _shaped(tree: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    if tree is None:
        raise UnusableError("nothing comes back (None): is there a return?")
    if isinstance(tree, str):
        raise UnusableError(f"{tree} comes back where {what} belongs")
    if not is_leaf(tree):
        raise UnusableError(f"several results come back where {what} belongs")
    array: np.ndarray = tree[0]
    if _long_axes(array.shape) != _long_axes(shape):
        raise UnusableError(f"{what} has shape {array.shape}, not {shape}")
    return array.astype(np.float64).reshape(shape)


def _long_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple([length for length in shape if length != 1])


def read_results(tree: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the several results of a function; an `UnusableError` if it returned fewer or more."""
    if tree is None:
        raise UnusableError("nothing comes back (None): is there a return?")
    if tree == TOO_LARGE:
        raise UnusableError(f"{tree} comes back")
    if not isinstance(tree, tuple) or is_leaf(tree) or len(tree) != len(names):
        raise UnusableError(f"something else comes back than ({', '.join(names)})")
    return tree


def read_arrays(
    tree: Any, shapes: Mapping[str, tuple[int, ...]], *, what: str
) -> dict[str, np.ndarray]:
    """Return a dict as arrays of these names and shapes.

    It is an `UnusableError` if one is missing or something else.
    """
    if not isinstance(tree, dict):
        raise UnusableError(f"{what} is no dict")
    for name in shapes:
        if name not in tree:
            raise UnusableError(f"{what} has no {name}")
    return {name: read_array(tree[name], shape, what=name) for name, shape in shapes.items()}


def read_value(outcome: CallOutcome) -> Any:
    """Return what a call returned; `autograder.pictures.collect` leaves out those that raised."""
    assert isinstance(outcome, Returned)
    return outcome.value
