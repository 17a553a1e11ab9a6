"""Streams of replies, honest and not, and a judge without a process that reads them.

For the tests of the reader and for its fuzz target.
"""

import struct
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.core.codec import ARRAY_DTYPES, MalformedValueError, decode, encode
from autograder.core.records import FileState, Raised, Returned
from autograder.core.results import MAX_CHARACTERS, MAX_RESULTS
from autograder.core.right_replies import RightReplies, pack_replies
from autograder.supervisor.outcomes import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_FILE_CHARACTERS,
    MAX_KIND_CHARACTERS,
    MAX_LINE_CHARACTERS,
    MAX_LINE_NUMBER,
    MAX_LINES,
    MAX_MESSAGE_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_POSITION,
    Allowance,
    Outcomes,
    read_file_state,
    read_outcome,
    read_printed,
    read_question,
    read_ready,
)
from autograder.supervisor.replies import WROTE, ForgedReplyError, FrameSplitter, ReplyMatcher

__all__ = [
    "CALLS",
    "RIGHT",
    "Heard",
    "converse",
    "framed",
    "honest_replies",
    "in_bounds",
    "is_same",
    "number",
    "right_replies",
]

SIZE = struct.Struct("<I")
FUNCTIONS = ("f", "g")
GRADED = ("a.f", "a.g", "b.f")
PRINTED_LIMIT = 50

#: What the judge asks: a start, a file, and this many calls of one function after the other.
CALLS = (2, 1, 3)


@dataclass
class Heard:
    """What came of a conversation.

    Attributes
    ----------
    records : dict
        Each record by the request and the number that the judge waited for.
    frames : dict
        The frame that each was read from.
    verdict : str
        Empty if all was answered, `WROTE`, or "ended" if the bytes ended before.
    """

    records: dict[tuple[int, int], Any] = field(default_factory=dict)
    frames: dict[tuple[int, int], bytes] = field(default_factory=dict)
    verdict: str = ""


def honest_replies(calls: tuple[int, ...] = CALLS) -> list[dict[str, Any]]:
    """Return the replies of an honest worker; what each says tells which one it is."""
    described = {"is_there": True, "is_callable": True, "uses": ("a.g",)}
    replies: list[dict[str, Any]] = [
        {"ready": {"python": "3", "numpy": "2"}, "layers": {"user": ""}, "to": 1, "at": 0},
        {"loaded": {"f": described, "g": described}, "to": 2, "at": 0},
    ]
    for request, count in enumerate(calls, 3):
        replies += [_answer(request, at) | {"to": request, "at": at} for at in range(count)]
        replies.append({"printed": f"{request} {count}", "to": request, "at": count})
    return replies


def _answer(request: int, at: int) -> dict[str, Any]:
    if at == 1:
        line = ("a.py", at, f"line {at}")
        return {"raised": "E", "message": f"{request} {at}", "lines": (line,), "not_started": "a.f"}
    leaf = (np.array([request, at], np.float64), "float64")
    return {"value": (leaf, {"H": leaf}, None, f"{request} {at}"), "changed": (0, 2)}


def _right_tree(request: int, at: int) -> Any:
    numbers = np.array([[request, at], [0.5, -1e300]], np.float64)
    labels = (np.array([request, at]), "int64")
    return ((numbers, "float64"), {"H": (numbers[0] * 3, "float64"), "y": labels})


#: Right replies to the calls of each request; of the last one, some numbers are open.
RIGHT = {
    request: RightReplies(
        pack_replies([_right_tree(request, at) for at in range(count)], {0, 2} if count > 2 else ())
    )
    for request, count in enumerate(CALLS, 3)
}


def right_replies() -> list[dict[str, Any]]:
    """Return the replies of an honest worker whose functions are right."""
    replies = honest_replies()
    for place, reply in enumerate(replies):
        if "value" in reply or "raised" in reply:
            request, at = reply["to"], reply["at"]
            value = {"value": _right_tree(request, at), "changed": ()}
            replies[place] = value | {"to": request, "at": at}
    return replies


def number(record: Any) -> tuple[int, int] | None:
    """Return the request and the number that an honest answer says it belongs to."""
    text = record if isinstance(record, str) else None
    if isinstance(record, Raised):
        text = record.message
    elif isinstance(record, Returned):
        text = record.value[3]
    if text is None:
        return None
    request, at = text.split()
    return int(request), int(at)


def framed(*contents: bytes) -> bytes:
    """Return frames in a row."""
    return b"".join([SIZE.pack(len(content)) + content for content in contents])


def converse(
    pieces: Iterable[bytes],
    *,
    calls: tuple[int, ...] = CALLS,
    largest: int = 1 << 16,
    allowance: Allowance | None = None,
    pipelined: bool = True,
    right: Mapping[int, RightReplies] | None = None,
) -> Heard:
    """Read what comes as `autograder.supervisor.worker` does, without a process, a thread and a
    clock.

    Parameters
    ----------
    pieces : iterable of bytes
        What each reading of the pipe gives.
    calls : tuple of int
        The counts of the calls of each function.
    largest : int
        The largest frame, in bytes.
    allowance : Allowance, optional
        That of the run.
    pipelined : bool
        Whether all functions are asked for before the first answer is looked at.
    right : mapping of int to RightReplies, optional
        What is known to be right, by request.
    """
    heard = Heard()
    try:
        for place, frame, record in _read(
            _arrivals(pieces, largest), calls, allowance or Allowance(), pipelined, right or {}
        ):
            heard.records[place] = record
            heard.frames[place] = frame
    except ForgedReplyError:
        heard.verdict = WROTE
    except EOFError:
        heard.verdict = "ended"
    return heard


def _arrivals(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    splitter = FrameSplitter(largest)
    for piece in pieces:
        yield from splitter.feed(piece)
        if splitter.is_broken:
            raise ForgedReplyError("an absurd frame")
    raise EOFError


def _read(
    arrivals: Iterator[bytes],
    calls: tuple[int, ...],
    allowance: Allowance,
    pipelined: bool,
    right: Mapping[int, RightReplies],
) -> Iterator[tuple[tuple[int, int], bytes, Any]]:
    matcher = ReplyMatcher()
    waiting = deque([1, 1, *[count + 1 for count in calls]])
    for request, count in enumerate(waiting, 1):
        while matcher.asked < (len(waiting) if pipelined and request > 2 else request):
            matcher.ask()
        matcher.expect(request, count)
        allowance.begin_request()
        at, left = 0, count
        known: deque[bool] = deque()
        if request in right:
            frames, arrivals = _gather(arrivals, count)
            known.extend(right[request].find_right(frames[: count - 1], request))
        while left:
            if known and known.popleft():
                frame = next(arrivals)
                matcher.take_right(asked=matcher.asked)
                left -= 1
                yield (request, at), frame, Outcomes([frame])[0]
                at += 1
                continue
            reply, frame, taken = None, b"", 0
            while reply is None:
                frame = next(arrivals)
                taken += 1
                reply = matcher.take(frame, asked=matcher.asked)
            if taken > 1 or "asks_for" in reply:
                known.clear()
            if request > 2 and "asks_for" in reply:
                matcher.expect_one_more()
                yield (request, at), frame, read_question(reply, GRADED)
            else:
                left -= 1
                yield (request, at), frame, _record(reply, request, left == 0, allowance)
            at += 1


def _gather(arrivals: Iterator[bytes], count: int) -> tuple[list[bytes], Iterator[bytes]]:
    """Return the next frames, fewer where the bytes end or break, and all again."""
    frames: list[bytes] = []
    ended: list[Exception] = []

    def again() -> Iterator[bytes]:
        yield from frames
        if ended:
            raise ended[0]
        yield from arrivals

    try:
        while len(frames) < count:
            frames.append(next(arrivals))
    except (EOFError, ForgedReplyError) as error:
        ended.append(error)
    return frames, again()


def _record(reply: dict[str, Any], request: int, is_last: bool, allowance: Allowance) -> Any:
    if request == 1:
        return read_ready(reply)
    if request == 2:
        return read_file_state(reply, FUNCTIONS, graded=GRADED)
    if is_last:
        return read_printed(reply, limit=PRINTED_LIMIT)
    return read_outcome(reply, allowance)


def is_same(some: Heard, others: Heard) -> bool:
    """Tell whether two conversations came to the same."""
    return (some.verdict, some.frames) == (others.verdict, others.frames) and all(
        [_as_text(some.records[place]) == _as_text(others.records[place]) for place in some.records]
    )


def _as_text(record: Any) -> str:
    if isinstance(record, Returned):
        return f"{encode(record.value)!r} {record.changed}"
    return repr(record)


# ---- what any record is, whatever the bytes were


def in_bounds(heard: Heard) -> None:
    """Assert all that is promised of records read from any bytes."""
    assert heard.verdict in ("", WROTE, "ended")
    for place, record in heard.records.items():
        said = decode(heard.frames[place])
        assert (type(said["to"]), type(said["at"])) == (int, int)
        assert (said["to"], said["at"]) == place
        if place[0] == 1:
            assert all([len(text) <= MAX_DESCRIPTION_CHARACTERS for text in _texts(record)])
        elif isinstance(record, str):
            assert len(record) <= PRINTED_LIMIT + 1
        elif isinstance(record, tuple):
            name, arguments = record
            assert name in GRADED
            assert len(arguments) <= MAX_POSITION
            _tree_in_bounds(arguments)
        elif isinstance(record, FileState):
            _file_in_bounds(record)
        elif isinstance(record, Raised):
            _raised_in_bounds(record)
        else:
            assert isinstance(record, Returned)
            _tree_in_bounds(record.value)
            assert all([type(i) is int and 0 <= i <= MAX_POSITION for i in record.changed])
            assert list(record.changed) == sorted(set(record.changed))


def _texts(versions_and_layers: tuple[dict[str, str], ...]) -> list[str]:
    assert [type(named) for named in versions_and_layers] == [dict, dict]
    texts = [text for named in versions_and_layers for pair in named.items() for text in pair]
    assert all([type(text) is str for text in texts])
    return texts


def _file_in_bounds(state: FileState) -> None:
    if state.problem is not None:
        assert isinstance(state.problem, Raised)
        _raised_in_bounds(state.problem)
    assert set(state.functions) <= set(FUNCTIONS)
    for described in state.functions.values():
        if described:
            assert described.keys() == {"is_there", "is_callable", "uses"}
            assert type(described["is_there"]) is type(described["is_callable"]) is bool
            assert len(set(described["uses"])) == len(described["uses"])
            assert set(described["uses"]) <= set(GRADED)


def _raised_in_bounds(raised: Raised) -> None:
    texts = [raised.kind, raised.message, raised.not_started or ""]
    limits = [MAX_KIND_CHARACTERS, MAX_MESSAGE_CHARACTERS, MAX_NAME_CHARACTERS]
    assert len(raised.lines) <= MAX_LINES
    for line in raised.lines:
        texts += [line.file, line.text]
        limits += [MAX_FILE_CHARACTERS, MAX_LINE_CHARACTERS]
        assert type(line.number) is int
        assert 0 <= line.number <= MAX_LINE_NUMBER
    for text, limit in zip(texts, limits, strict=True):
        assert type(text) is str
        assert len(text) <= limit


def _tree_in_bounds(tree: Any) -> None:
    if isinstance(tree, tuple) and len(tree) == 2 and isinstance(tree[0], np.ndarray):
        array, name = tree
        assert type(array) is np.ndarray
        assert array.dtype in ARRAY_DTYPES
        assert array.flags.owndata
        assert array.flags.c_contiguous
        assert type(name) is str
        assert len(name) <= MAX_CHARACTERS
        array.astype(np.float64) - np.isnan(array)  # warns of no nan
    elif isinstance(tree, dict):
        assert len(tree) <= MAX_RESULTS
        assert all([type(key) is str and len(key) <= MAX_CHARACTERS for key in tree])
        for item in tree.values():
            _tree_in_bounds(item)
    elif isinstance(tree, tuple):
        assert len(tree) <= MAX_RESULTS
        for item in tree:
            _tree_in_bounds(item)
    else:
        assert tree is None or type(tree) is str
        assert len(tree or "") <= MAX_DESCRIPTION_CHARACTERS


def decoded_or_none(content: bytes) -> Any:
    """Return what `content` encodes, None where it is malformed; encoding is its inverse."""
    try:
        value = decode(content)
    except MalformedValueError:
        return None
    assert encode(value) == content
    return value
