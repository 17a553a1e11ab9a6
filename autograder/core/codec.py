"""Encode and decode the values that cross a boundary: to the worker, from it, to disk.

One small binary format serves all three. It holds data only: ``None``, booleans, integers, floats,
text, bytes, arrays of a few plain types, tuples, and dicts with text keys. Decoding never runs
anything that the bytes name, allocates no more than the bytes hold, and raises
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
``d``  count (4), pairs of text (size (4), UTF-8) and item
=====  =======================================================================================
"""

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

MAX_DEPTH = 12
MAX_AXES = 8
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
    value : None, bool, int, float, str, bytes, numpy.ndarray, tuple or dict
        Arrays must be exact `numpy.ndarray` of a type in `ARRAY_DTYPES` and of an allowed shape;
        integers must fit 64 bits; text loses what UTF-8 can't hold; tuples and dicts may be
        nested ``MAX_DEPTH`` deep.

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
    elif kind is tuple:
        parts.append(b"t" + _SIZE.pack(len(value)))
        for item in value:
            _write(item, parts, depth - 1)
    elif kind is dict:
        parts.append(b"d" + _SIZE.pack(len(value)))
        for key, item in value.items():
            parts.append(_key_bytes(key))
            _write(item, parts, depth - 1)
    else:
        parts.append(_scalar_bytes(value))


def _key_bytes(key: Any) -> bytes:
    if type(key) is not str:
        raise TypeError(f"a key of type {type(key).__name__} can't be encoded")
    try:
        return _sized(key.encode())
    except UnicodeEncodeError as error:
        raise TypeError("a key that is not UTF-8 can't be encoded") from error


def _scalar_bytes(value: Any) -> bytes:
    kind = type(value)
    if value is None:
        return b"N"
    if kind is bool:
        return b"?\x01" if value else b"?\x00"
    if kind is int:
        return b"i" + _integer_bytes(value)
    if kind is float:
        return b"f" + _FLOAT.pack(value)
    if kind is str:
        return b"s" + _sized(value.encode("utf-8", "replace"))
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
    room = 1
    for length in shape:
        room *= length or 1  # Python integers: no overflow to hide behind
    return 0 not in shape or room <= MAX_ITEMS


def decode(
    content: bytes, *, max_items: int | None = None, max_text_bytes: int = MAX_TEXT_BYTES
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

    Raises
    ------
    MalformedValueError
        If `content` is anything but one whole encoded value within these bounds.
    """
    reader = _Reader(content, MAX_ITEMS if max_items is None else max_items, max_text_bytes)
    value = reader.read(MAX_DEPTH)
    if reader.at != len(content):
        raise MalformedValueError(f"{len(content) - reader.at} bytes are left over")
    return value


class _Reader:
    """A position in untrusted bytes, and the one place that moves it."""

    def __init__(self, content: bytes, items: int, text_bytes: int) -> None:
        self.content = content
        self.at = 0
        self.items_left = items
        self.text_bytes_left = text_bytes

    def take(self, size: int) -> bytes:
        start = self.skip(size)
        return self.content[start : self.at]

    def skip(self, size: int) -> int:
        """Move on by `size` bytes; return where they begin."""
        start, self.at = self.at, self.at + size
        if self.at > len(self.content):
            raise MalformedValueError("the bytes end in the middle of a value")
        return start

    def take_size(self) -> int:
        size: int = _SIZE.unpack(self.take(4))[0]
        return size

    def take_text(self) -> str:
        size = self.take_size()
        self.text_bytes_left -= size
        if self.text_bytes_left < 0:
            raise MalformedValueError("the value has too much text")
        try:
            return self.take(size).decode()
        except UnicodeDecodeError as error:
            raise MalformedValueError("a text is not UTF-8") from error

    def read(self, depth: int) -> Any:
        self.items_left -= 1
        if depth == 0 or self.items_left < 0:
            raise MalformedValueError("the value is nested too deeply or has too many items")
        tag = self.take(1)
        if tag == b"a":
            return self.read_array()
        if tag == b"t":
            return tuple([self.read(depth - 1) for _ in range(self.take_size())])
        if tag == b"d":
            return self.read_dict(depth)
        return self.read_scalar(tag)

    def read_dict(self, depth: int) -> dict[str, Any]:
        count = self.take_size()
        items = {}
        for _ in range(count):
            key = self.take_text()
            items[key] = self.read(depth - 1)
        if len(items) < count:
            raise MalformedValueError("a key of a dict occurs twice")
        return items

    def read_scalar(self, tag: bytes) -> Any:
        if tag == b"N":
            return None
        if tag == b"?":
            return self.read_bool()
        if tag == b"i":
            return _INTEGER.unpack(self.take(8))[0]
        if tag == b"f":
            return _FLOAT.unpack(self.take(8))[0]
        if tag == b"s":
            return self.take_text()
        if tag == b"b":
            return self.take(self.take_size())
        raise MalformedValueError(f"{tag!r} is no tag")

    def read_bool(self) -> bool:
        byte = self.take(1)
        if byte not in (b"\x00", b"\x01"):
            raise MalformedValueError(f"{byte!r} is no truth value")
        return byte == b"\x01"

    def read_array(self) -> np.ndarray:
        code, axes = _ARRAY_HEAD.unpack(self.take(2))
        if code >= len(ARRAY_DTYPES):
            raise MalformedValueError("an array has an unknown type")
        shape = tuple([self.take_size() for _ in range(axes)])
        if not is_shape_allowed(shape):
            raise MalformedValueError("an array has too many axes, or is empty and absurdly long")
        dtype, count = ARRAY_DTYPES[code], math.prod(shape)
        start = self.skip(count * dtype.itemsize)
        if dtype.kind == "b" and self.content[start : self.at].strip(b"\x00\x01"):
            raise MalformedValueError("an array of truth values has other bytes than 0 and 1")
        return np.frombuffer(self.content, dtype, count, start).reshape(shape)
