"""Turn whatever a student's function returned into plain values that can cross the boundary.

A result's structure comes from the homework: ``"array"``, a tuple of structures (several results),
or a dict (results by key). The outcome of an ``"array"`` is a pair (array, name of the type it
had), or a text that says what came back instead, or None where nothing came back. Values are never
judged here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.core.codec import is_shape_allowed

__all__ = ["MAX_CHARACTERS", "MAX_RESULTS", "TOO_LARGE", "plain_arguments", "plain_result"]

#: More results than any function returns.
MAX_RESULTS = 64

#: A key of a dict, or the name of a type, is cut here.
MAX_CHARACTERS = 60

#: What stands for a result that is not sent, or not kept, for its size.
TOO_LARGE = "a result that is far too large"

#: What a student calls an array of one of the kinds that are no numbers.
_OTHERS = {"U": "an array of text", "S": "an array of bytes", "V": "an array of records"}

_EXACT = {np.dtype(name): name for name in ("float64", "float32", "float16", "int64", "bool")}


def plain_result(value: Any, structure: Any) -> Any:
    """Return what a student's function returned as arrays in the homework's structure.

    Lists of numbers count as arrays, and a list where several results are expected as several
    results. The forms are in the module's description.
    """
    if value is None:
        return None
    if isinstance(structure, dict):
        return _plain_dict(value, structure)
    if isinstance(structure, tuple):
        return _plain_tuple(value, structure)
    return _plain_array(value)


def plain_arguments(arguments: Sequence[Any]) -> tuple[Any, ...]:
    """Return the arguments of a call, made by whoever, in the forms of results."""
    structures = [{} if isinstance(argument, Mapping) else "array" for argument in arguments]
    return tuple(map(plain_result, arguments, structures))


def _plain_dict(value: Any, structure: dict[str, Any]) -> Any:
    if not isinstance(value, Mapping):
        return describe(value)
    items = [(_key(key), item) for key, item in list(value.items())[:MAX_RESULTS]]
    return {key: plain_result(item, structure.get(key, "array")) for key, item in items}


def _key(key: Any) -> str:
    """Return a dict's key as text that can cross the boundary."""
    return str(key)[:MAX_CHARACTERS].encode("utf-8", "replace").decode()


def _plain_tuple(value: Any, structure: tuple[Any, ...]) -> Any:
    if isinstance(value, Mapping) or not isinstance(value, tuple | list | np.ndarray):
        return describe(value)
    if isinstance(value, np.ndarray) and (value.ndim == 0 or len(value) != len(structure)):
        return describe(value)  # one array, not several results in a row
    if len(value) > MAX_RESULTS:
        return f"{describe(value)} of {len(value)} items"
    shapes = (*structure, *["array"] * len(value))
    return tuple([plain_result(item, inner) for item, inner in zip(value, shapes, strict=False)])


def _plain_array(value: Any) -> Any:
    if type(value) is np.ndarray:  # by far the most frequent case
        return _plain_dtype(value)
    if isinstance(value, Mapping | str | bytes | set | frozenset):
        return describe(value)
    is_arraylike = hasattr(value, "__array__") or isinstance(
        value, bool | int | float | list | tuple
    )
    if not is_arraylike or isinstance(value, type):
        return describe(value)
    try:
        array = np.asarray(value)
    except ValueError:
        if not isinstance(value, list | tuple):
            return describe(value)  # its __array__ gives no array
        return f"{describe(value)} whose rows have different lengths"
    return _plain_dtype(array)


def _plain_dtype(array: np.ndarray) -> Any:
    # Without the byte order; numpy makes the name each time.
    name = _EXACT.get(array.dtype) or array.dtype.name[:MAX_CHARACTERS]
    if not is_shape_allowed(array.shape):
        return describe(array)
    if array.dtype.kind == "O":
        try:
            array = _numbers(array)
        except (TypeError, ValueError, OverflowError):
            return "an array of objects that are not numbers"
    elif array.dtype.kind in "iu":
        array = array.astype(np.float64 if name == "uint64" and np.any(array >> 63) else np.int64)
    elif array.dtype.kind == "f" and array.dtype not in _EXACT:
        array = array.astype(np.float64)
    elif array.dtype not in _EXACT:
        return _OTHERS.get(array.dtype.kind, f"an array of type {name}")
    return (np.ascontiguousarray(array).reshape(array.shape), name)


def _numbers(objects: np.ndarray) -> np.ndarray:
    if any([item is None or isinstance(item, str | bytes) for item in objects.ravel()]):
        raise TypeError  # numpy makes nan of None, and numbers of text
    return objects.astype(np.float64)


def describe(value: Any) -> str:
    """Say in two or three words what `value` is."""
    name = type(value).__name__[:MAX_CHARACTERS]
    if isinstance(value, np.ndarray):
        return f"one array of shape {value.shape}"
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"{article} {name}"
