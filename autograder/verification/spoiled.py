"""Copied into submissions: spoil one fact about a right result, or about an argument.

Results are arrays, numbers, or tuples, lists and dicts of them; everything but the one fact stays
as it is.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["as_float32", "change", "with_leading_axis", "without_leading_axis"]


def as_float32(result: Any) -> Any:
    """Return the same numbers in half the precision."""
    return _each(result, lambda array: array.astype(np.float32))


def with_leading_axis(result: Any) -> Any:
    """Return the same numbers with one axis of length 1 more."""
    return _each(result, lambda array: array[np.newaxis])


def without_leading_axis(result: Any) -> Any:
    """Return the same numbers without the leading axis where its length is 1."""
    return _each(result, lambda array: array[0] if len(array) == 1 else array)


def change(argument: Any) -> None:
    """Write into an array, or into the first array of a dict."""
    array = next(iter(argument.values())) if isinstance(argument, dict) else argument
    array += 1


def _each(result: Any, spoil: Callable[[np.ndarray], np.ndarray]) -> Any:
    if isinstance(result, dict):
        return {name: _each(item, spoil) for name, item in result.items()}
    if isinstance(result, tuple):
        return tuple([_each(item, spoil) for item in result])
    return spoil(np.array(result))
