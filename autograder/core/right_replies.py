"""Tell right replies from others without reading them: what a worker sends for a right function.

A reply of `autograder.worker.serve` holds numbers, and around them what kinds, shapes and types
they have, which arguments were changed, and running numbers. The key has the right replies of all
calls of a function in a row. A submission's are laid beside these: what is around the numbers has
to be the same, byte by byte, and the numbers as near as `autograder.core.compare` says, all in one
step. Nothing is decided against a submission here: a reply that is not right by this is read and
judged as any other.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import is_close, is_leaf

__all__ = ["RightReplies", "pack_replies"]

#: What a byte of a reply belongs to: what has to be the same, a number that has to be near, one
#: that others judge (of a call that has many right results), the request's running number.
_FIXED, _NEAR, _OPEN, _REQUEST = range(4)

#: Bytes of each number that is not fixed, a float or an integer.
_NUMBER_BYTES = 8


def pack_replies(trees: Sequence[Any], open_calls: Collection[int]) -> dict[str, Any]:
    """Return the right replies as the key holds them, from a right result of each call.

    Calls are open whose results are also right with other numbers.
    """
    frames = [_encode_reply(tree, call) for call, tree in enumerate(trees)]
    kinds = [_find_kinds(tree, call, call in open_calls) for call, tree in enumerate(trees)]
    return {
        "content": b"".join(frames),
        "kinds": b"".join(kinds),
        "sizes": np.array([len(frame) for frame in frames], np.int64),
        "open": tuple(sorted(open_calls)),
    }


def _encode_reply(tree: Any, call: int, *, request: int = 0) -> bytes:
    """Return what a worker sends for a call that returned `tree` and changed nothing."""
    return encode({"value": tree, "changed": (), "to": request, "at": call})


def _find_kinds(tree: Any, call: int, is_open: bool) -> bytes:
    """Return what each byte belongs to: those that change with the numbers are the numbers'."""
    zeros, others = [
        np.frombuffer(_encode_reply(_fill(tree, byte), call, request=request), np.uint8)
        for byte, request in ((b"\x00", 0), (b"\xff", 0))
    ]
    asked = np.frombuffer(_encode_reply(_fill(tree, b"\x00"), call, request=-1), np.uint8)
    kinds = np.full(zeros.size, _FIXED, np.uint8)
    kinds[zeros != others] = _OPEN if is_open else _NEAR
    kinds[zeros != asked] = _REQUEST
    return kinds.tobytes()


def _fill(tree: Any, byte: bytes) -> Any:
    """Return a result with every number of float64 made of one byte; others stay."""
    if is_leaf(tree):
        array, name = tree
        if array.dtype != np.float64:
            return tree
        return np.frombuffer(byte * array.nbytes, np.float64).reshape(array.shape), name
    if isinstance(tree, dict):
        return {key: _fill(item, byte) for key, item in tree.items()}
    return tuple([_fill(item, byte) for item in tree])


class RightReplies:
    """The right replies to all calls of a function in one phase, of what `pack_replies` made."""

    def __init__(self, packed: dict[str, Any]) -> None:
        self.open: frozenset[int] = frozenset(packed["open"])
        self.bytes = len(packed["content"])
        self._content = np.frombuffer(packed["content"], np.uint8)
        self._kinds = np.frombuffer(packed["kinds"], np.uint8)
        self._sizes: list[int] = packed["sizes"].tolist()

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.cumsum([0, *self._sizes])

    def find_right(self, frames: Sequence[bytes], request: int) -> list[bool]:
        """Tell which frames, untrusted, are right as the replies to the first calls of a request.

        Each is compared with the reply at its own place. There may be fewer frames than calls.
        """
        pairs = list(zip(frames, self._sizes, strict=False))
        if not pairs:
            return []
        joined = b"".join([frame if len(frame) == size else bytes(size) for frame, size in pairs])
        got = np.frombuffer(joined, np.uint8)
        want, kinds = self._content[: got.size], self._kinds[: got.size]
        same = (got == want) | (kinds == _OPEN)
        near, asked = kinds == _NEAR, kinds == _REQUEST
        numbers = got[near].view("<f8"), want[near].view("<f8")
        same[near] = np.repeat(is_close(*numbers, dtype_name="float64"), _NUMBER_BYTES)
        same[asked] = np.repeat(got[asked].view("<i8") == request, _NUMBER_BYTES)
        right: list[bool] = np.logical_and.reduceat(same, self._starts[: len(pairs)]).tolist()
        return right
