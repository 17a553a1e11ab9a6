"""Tell which reply a worker's bytes are: bytes in, frames, decoded replies in the judge's order.

Whoever wrote the bytes may have wanted to deceive, so nothing here trusts them. No process, clock
or thread: `autograder.supervisor.worker` has those, `autograder.supervisor.outcomes` reads what a
reply says.

    bytes -> FrameSplitter -> frames -> ReplyMatcher -> replies -> `outcomes` -> records

A reply counts only as the one that the judge waits for: it bears the number of the request and its
own number among the replies to it, and the judge chose both, the order and the count. It is never
taken before its request was put. One frame is decoded at a time, and only when it is waited for.

=================  ================================================================================
bound              what the student's report says beyond it
=================  ================================================================================
a frame's size     `WROTE`: no reply of the grader's own worker is larger
`MAX_ITEMS`        `WROTE`
`MAX_TEXT_BYTES`   `WROTE`
left-over replies  `WROTE`: no more of them than the requests before had replies
=================  ================================================================================
"""

import struct
from typing import Any

from autograder.core.codec import MalformedValueError, decode
from autograder.core.limits import MIB
from autograder.worker import FRAME_SIZE

__all__ = ["FrameSplitter", "ForgedReplyError", "ReplyMatcher", "WROTE"]

#: What is said of bytes that the grader's own worker does not write.
WROTE = "it wrote into the grader's pipe"

#: Values in one reply, itself included. A result of 64 dicts of 16 arrays has 3,200; 10,000 tiny
#: arrays take 3 MB of memory and some 20 ms.
MAX_ITEMS = 10_000

#: Bytes of all text in one reply: an exception shows three lines of files of 1 MiB at most. In
#: memory it may take four times as much.
MAX_TEXT_BYTES = 4 * MIB


#: What a reply that is the same again may have: more than an exception's.
MAX_KEPT_BYTES = 4096

#: The number at the end of a reply, as `autograder.core.codec` writes it.
_NUMBER = struct.Struct("<q")


class ForgedReplyError(Exception):
    """The bytes are not what the grader's own worker writes here."""


class FrameSplitter:
    """Cut a stream of untrusted bytes into frames.

    A frame that claims more than `largest` bytes breaks the stream for good, before they have come.
    It keeps what has come of one unfinished frame, and does work in proportion to what comes in,
    in whatever pieces.
    """

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.is_broken = False
        self._rest = bytearray()

    def feed(self, content: bytes) -> list[bytes]:
        """Return the frames that `content` completes."""
        if self.is_broken:
            return []
        self._rest += content
        frames: list[bytes] = []
        at = 0
        while len(self._rest) - at >= FRAME_SIZE.size:
            size = FRAME_SIZE.unpack_from(self._rest, at)[0]
            if size > self.largest:
                self.is_broken = True
                break
            end = at + FRAME_SIZE.size + size
            if len(self._rest) < end:
                break
            with memoryview(self._rest) as view:  # a slice of the bytearray would be another copy
                frames.append(bytes(view[at + FRAME_SIZE.size : end]))
            at = end
        del self._rest[:at]
        return frames


class ReplyMatcher:
    """Match frames with what the judge asked, by running numbers."""

    def __init__(self) -> None:
        self.asked = 0  # requests put so far; the last one's number
        self._request = self._count = self._answered = self._left_over = 0
        self._last: tuple[bytes, dict[str, Any]] = b"", {}  # what was decoded, but for its number

    def ask(self) -> int:
        """Count one more request and return its number; it comes before anything is sent."""
        self.asked += 1
        return self.asked

    def expect(self, request: int, count: int) -> None:
        """Wait for the `count` replies to `request` from now on, and for no more.

        A request is expected after those that were put before it.
        """
        if not self._request < request <= self.asked:
            raise ValueError(f"request {request} can't be expected after {self._request}")
        self._left_over += self._count
        self._request, self._count, self._answered = request, count, 0

    def expect_one_more(self) -> None:
        """Wait for one more reply: the last one was a question to the judge."""
        self._count += 1

    def take_right(self, *, asked: int) -> None:
        """Count a frame that is the next reply, byte by byte but for its numbers, as `take`."""
        if self._request > asked:
            raise ForgedReplyError(f"a reply to request {self._request} came before it was put")
        self._answered += 1

    def take(self, frame: bytes, *, asked: int) -> dict[str, Any] | None:
        """Return what an untrusted frame says, as the next reply that is waited for.

        It arrived when `asked` requests had been put. None is returned for a reply that is left
        over from an earlier request: someone answered that in the worker's place, and the worker's
        own replies came later. The forged results are the student's; the next function is not to
        suffer.

        Raises
        ------
        ForgedReplyError
            If it is anything else.
        """
        content = self._decode(frame)
        request, number = content.pop("to", None), content.pop("at", None)
        if type(request) is not int or type(number) is not int:
            raise ForgedReplyError("a reply has no running numbers")
        if 0 < request < self._request and self._left_over > 0:
            self._left_over -= 1
            return None
        if request > asked:
            raise ForgedReplyError(f"a reply to request {request} came before it was put")
        if (request, number) != (self._request, self._answered) or number >= self._count:
            raise ForgedReplyError(f"reply {number} to request {request} is not awaited")
        self._answered += 1
        return content

    def _decode(self, frame: bytes) -> dict[str, Any]:
        """Decode a frame, at once where it is the last one but for its own number at the end.

        A stub raises the same in each of hundreds of calls.
        """
        head, content = self._last
        if head and frame[: -_NUMBER.size] == head:
            return content | {"at": _NUMBER.unpack(frame[-_NUMBER.size :])[0]}
        content = _decode_reply(frame)
        is_last = list(content)[-1:] == ["at"] and type(content["at"]) is int
        if is_last and len(frame) <= MAX_KEPT_BYTES:
            self._last = frame[: -_NUMBER.size], dict(content)
        return content


def _decode_reply(frame: bytes) -> dict[str, Any]:
    try:
        content = decode(
            frame, max_items=MAX_ITEMS, max_text_bytes=MAX_TEXT_BYTES, allows_lists=False
        )
    except MalformedValueError as error:
        raise ForgedReplyError(str(error)) from error
    if not isinstance(content, dict):
        raise ForgedReplyError("a reply is no dict")
    return content
