"""Copied into submissions: spoil one fact about a right result, or about an argument.

Results are arrays, numbers, or tuples, lists and dicts of them; everything but the one fact stays
as it is.
"""

import hashlib
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

__all__ = [
    "as_float32",
    "change",
    "fingerprint",
    "right_where_known",
    "with_leading_axis",
    "without_leading_axis",
]


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


def right_where_known(result: Any, arguments: Any, known: Collection[str]) -> Any:
    """Return the result where its arguments are known, and all its numbers one too large elsewhere.

    Parameters
    ----------
    result : array or tree of arrays
        Right.
    arguments : tuple
        What it was computed from.
    known : collection of str
        Fingerprints.
    """
    if fingerprint(arguments) in known:
        return result
    return _each(result, lambda array: array + array.dtype.type(1))


def fingerprint(arguments: Any) -> str:
    """Return a short text that is the same for equal arguments and for no others."""
    summary = hashlib.sha256()
    for argument in arguments:
        values = argument.values() if isinstance(argument, dict) else [argument]
        for value in map(np.asarray, values):
            summary.update(f"{value.shape} {value.dtype}".encode() + value.tobytes())
    return summary.hexdigest()[:16]


def _each(result: Any, spoil: Callable[[np.ndarray], np.ndarray]) -> Any:
    if isinstance(result, dict):
        return {name: _each(item, spoil) for name, item in result.items()}
    if isinstance(result, tuple):
        return tuple([_each(item, spoil) for item in result])
    return spoil(np.array(result))
