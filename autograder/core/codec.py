"""Encode and decode the values that cross a boundary: to the worker, from it, to disk.

One small binary format serves all three. It holds data only: ``None``, booleans, integers, floats,
text, bytes, arrays of a few plain types, tuples, lists, and dicts with text keys. Decoding never
runs anything that the bytes name, allocates no more than the bytes hold, and raises
`MalformedValueError` on whatever was not written by `encode`. Arrays come out as read-only views of
the bytes.

Every item is one tag byte followed by its content; sizes are little-endian unsigned integers:

=====  =======================================================================================
tag    content
=====  =======================================================================================
``N``  nothing: None
``?``  one byte, 0 or 1
``i``  8 bytes, a signed integer
``f``  8 bytes, a float64
``s``  size (4), UTF-8
``b``  size (4), bytes
``a``  dtype code (1), number of axes (1), length of each axis (4 each), elements in C order
``t``  count (4), items
``l``  count (4), items of a list, which a worker is sent and never sends
``d``  count (4), pairs of text (size (4), UTF-8) and item
=====  =======================================================================================
"""

import functools
import math
import struct
from typing import Any

import numpy as np

__all__ = [
    "ARRAY_DTYPES",
    "MalformedValueError",
    "PLAIN",
    "READ_ONLY",
    "STRIDED",
    "decode",
    "encode",
    "is_shape_allowed",
]

#: The types of array that may cross, little-endian; a dtype's code is its index.
ARRAY_DTYPES = tuple(np.dtype(name) for name in ("<f8", "<i8", "|b1", "<f4", "<f2"))

#: How the arrays of a call are to lie in memory, beside its arguments in a request to a worker: as
#: numpy makes them, strided, or write-protected.
PLAIN, STRIDED, READ_ONLY = 0, 1, 2

_CODES = {dtype: code for code, dtype in enumerate(ARRAY_DTYPES)}
_SIZE = struct.Struct("<I")
_INTEGER = struct.Struct("<q")
_FLOAT = struct.Struct("<d")
_ARRAY_HEAD = struct.Struct("<BB")
_NOTHING, _BOOL, _INT, _REAL, _TEXT, _BYTES, _ARRAY, _TUPLE, _DICT, _LIST = b"N?ifsbatdl"

_ENDS = "the bytes end in the middle of a value"

MAX_DEPTH = 12
MAX_AXES = 8
_LENGTHS = tuple([struct.Struct(f"<{axes}I") for axes in range(MAX_AXES + 1)])
#: Bounds the work of decoding bytes that say 'tuple of tuples of ... nothing'. Some 300 bytes of
#: memory for an item: what strangers wrote is decoded with a lower bound.
MAX_ITEMS = 2_000_000

#: Of all texts and keys together; a text takes up to four times as many bytes of memory.
MAX_TEXT_BYTES = 1 << 30


class MalformedValueError(ValueError):
    """The bytes are not something that `encode` writes."""


def encode(value: Any) -> bytes:
    """Return the bytes of `value`.

    Parameters
    ----------
    value : None, bool, int, float, str, bytes, numpy.ndarray, tuple, list or dict
        Arrays must be exact `numpy.ndarray` of a type in `ARRAY_DTYPES` and of an allowed shape;
        integers must fit 64 bits; text loses what UTF-8 can't hold; tuples, lists and dicts may
        be nested ``MAX_DEPTH`` deep.

    Returns
    -------
    bytes
        The same bytes for the same value, always.

    Raises
    ------
    TypeError
        If `value` holds anything else, a subclass of these too: the caller's mistake.

    Examples
    --------
    >>> from autograder.core.codec import decode, encode
    >>> decode(encode({"rate": 0.5, "sizes": (1, 2)}))
    {'rate': 0.5, 'sizes': (1, 2)}
    """
    parts: list[bytes] = []
    _write(value, parts, MAX_DEPTH)
    return b"".join(parts)


def _write(value: Any, parts: list[bytes], depth: int) -> None:
    if depth == 0:
        raise TypeError("a value that is nested so deeply can't be encoded")
    kind = type(value)
    if kind is np.ndarray:
        parts.append(_array_bytes(value))
    elif kind is str:
        parts.append(b"s" + _sized(value.encode("utf-8", "replace")))
    elif kind is tuple or kind is list:
        parts.append((b"t" if kind is tuple else b"l") + _SIZE.pack(len(value)))
        for item in value:
            _write(item, parts, depth - 1)
    elif kind is dict:
        parts.append(b"d" + _SIZE.pack(len(value)))
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"a key of type {type(key).__name__} can't be encoded")
            parts.append(_key_bytes(key))
            _write(item, parts, depth - 1)
    else:
        parts.append(_scalar_bytes(value))


@functools.lru_cache(maxsize=1024)  # a run has few, thousands of times
def _key_bytes(key: str) -> bytes:
    try:
        return _sized(key.encode())
    except UnicodeEncodeError as error:
        raise TypeError("a key that is not UTF-8 can't be encoded") from error


def _scalar_bytes(value: Any) -> bytes:
    kind = type(value)
    if kind is int:
        return b"i" + _integer_bytes(value)
    if value is None:
        return b"N"
    if kind is bool:
        return b"?\x01" if value else b"?\x00"
    if kind is float:
        return b"f" + _FLOAT.pack(value)
    if kind is bytes:
        return b"b" + _sized(value)
    raise TypeError(f"a value of type {kind.__name__} can't be encoded")


def _integer_bytes(value: int) -> bytes:
    try:
        return _INTEGER.pack(value)
    except struct.error as error:
        raise TypeError("an integer beyond 64 bits can't be encoded") from error


def _sized(content: bytes) -> bytes:
    return _SIZE.pack(len(content)) + content


def _array_bytes(array: np.ndarray) -> bytes:
    code = _CODES.get(array.dtype)
    if code is None or not is_shape_allowed(array.shape):
        raise TypeError(f"an array of {array.dtype} and shape {array.shape} can't be encoded")
    lengths = b"".join(_SIZE.pack(length) for length in array.shape)
    return b"a" + _ARRAY_HEAD.pack(code, array.ndim) + lengths + array.tobytes()


def is_shape_allowed(shape: tuple[int, ...]) -> bool:
    """Tell whether an array of `shape` may cross.

    It has at most ``MAX_AXES`` axes. Where some length is 0, so that no bytes bound the others,
    their product is at most ``MAX_ITEMS``: a sum over the empty axis allocates that many numbers.
    """
    if len(shape) > MAX_AXES:
        return False
    if 0 not in shape:
        return True
    room = 1
    for length in shape:
        room *= length or 1  # Python integers: no overflow to hide behind
    return room <= MAX_ITEMS


def decode(
    content: bytes,
    *,
    max_items: int | None = None,
    max_text_bytes: int = MAX_TEXT_BYTES,
    allows_lists: bool = True,
) -> Any:
    """Return the value that `content` encodes, its arrays as read-only views of it.

    Parameters
    ----------
    content : bytes
        Untrusted.
    max_items : int, optional
        How many values it may hold, itself included; by default ``MAX_ITEMS``.
    max_text_bytes : int
        How many bytes its texts and keys may have together.
    allows_lists : bool
        Whether a list is a value: none is a result.

    Raises
    ------
    MalformedValueError
        If `content` is anything but one whole encoded value within these bounds.
    """
    reader = _Reader(content, MAX_ITEMS if max_items is None else max_items, max_text_bytes)
    reader.allows_lists = allows_lists
    value = reader.read(MAX_DEPTH)
    if reader.at != len(content):
        raise MalformedValueError(f"{len(content) - reader.at} bytes are left over")
    return value


class _Reader:
    """A position in untrusted bytes: every read moves it, and none beyond their end."""

    def __init__(self, content: bytes, items: int, text_bytes: int) -> None:
        self.content = content
        self.at = 0
        self.items_left = items
        self.text_bytes_left = text_bytes
        self.allows_lists = True

    def skip(self, size: int) -> int:
        """Move on by `size` bytes; return where they begin."""
        start = self.at
        self.at = end = start + size
        if end > len(self.content):
            raise MalformedValueError(_ENDS)
        return start

    def unpack(self, number: struct.Struct) -> Any:
        start = self.at
        self.at = start + number.size
        try:
            return number.unpack_from(self.content, start)[0]
        except struct.error:
            raise MalformedValueError(_ENDS) from None

    def take_text(self) -> str:
        size = self.unpack(_SIZE)
        self.text_bytes_left -= size
        if self.text_bytes_left < 0:
            raise MalformedValueError("the value has too much text")
        start = self.skip(size)
        try:
            return self.content[start : self.at].decode()
        except UnicodeDecodeError as error:
            raise MalformedValueError("a text is not UTF-8") from error

    def read(self, depth: int) -> Any:
        self.items_left -= 1
        if depth == 0 or self.items_left < 0:
            raise MalformedValueError("the value is nested too deeply or has too many items")
        start = self.skip(1)
        tag = self.content[start]
        if tag == _TEXT:
            return self.take_text()
        if tag == _INT:
            return self.unpack(_INTEGER)
        if tag == _ARRAY:
            return self.read_array()
        if tag == _TUPLE:
            return tuple([self.read(depth - 1) for _ in range(self.unpack(_SIZE))])
        if tag == _DICT:
            return self.read_dict(depth)
        return self.read_other(tag, depth)

    def read_dict(self, depth: int) -> dict[str, Any]:
        count = self.unpack(_SIZE)
        items = {}
        for _ in range(count):
            key = self.take_text()
            items[key] = self.read(depth - 1)
        if len(items) < count:
            raise MalformedValueError("a key of a dict occurs twice")
        return items

    def read_other(self, tag: int, depth: int) -> Any:
        if tag == _NOTHING:
            return None
        if tag == _BOOL:
            return self.read_bool()
        if tag == _REAL:
            return self.unpack(_FLOAT)
        if tag == _BYTES:
            start = self.skip(self.unpack(_SIZE))
            return self.content[start : self.at]
        if tag == _LIST and self.allows_lists:
            return [self.read(depth - 1) for _ in range(self.unpack(_SIZE))]
        raise MalformedValueError(f"{bytes([tag])!r} is no tag")

    def read_bool(self) -> bool:
        byte = self.content[self.skip(1)]
        if byte > 1:
            raise MalformedValueError(f"{byte} is no truth value")
        return byte == 1

    def read_array(self) -> np.ndarray:
        start = self.skip(_ARRAY_HEAD.size)
        code, axes = self.content[start], self.content[start + 1]
        if code >= len(ARRAY_DTYPES):
            raise MalformedValueError("an array has an unknown type")
        if axes > MAX_AXES:
            raise MalformedValueError("an array has too many axes")
        lengths = _LENGTHS[axes]
        shape = lengths.unpack_from(self.content, self.skip(lengths.size))
        if not is_shape_allowed(shape):
            raise MalformedValueError("an array is empty and absurdly long")
        dtype, count = ARRAY_DTYPES[code], math.prod(shape)
        start = self.skip(count * dtype.itemsize)
        if dtype.kind == "b" and self.content[start : self.at].strip(b"\x00\x01"):
            raise MalformedValueError("an array of truth values has other bytes than 0 and 1")
        return np.frombuffer(self.content, dtype, count, start).reshape(shape)
