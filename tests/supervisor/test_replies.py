"""Any bytes of a worker give the records that the judge waits for, or a verdict, in bounds."""

import struct
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reply_reading import ALL, HONEST, MIB, answer, fixed, heard, taken
from reply_streams import (
    RIGHT,
    Heard,
    converse,
    framed,
    number,
    right_replies,
)
from reply_streams import is_same as came_to_the_same

from autograder.core.codec import encode
from autograder.supervisor.replies import WROTE, ForgedReplyError, FrameSplitter, ReplyMatcher

SIZE = struct.Struct("<I")


STREAM = framed(*HONEST)


RIGHT_ONES = [encode(reply) for reply in right_replies()]


RIGHT_STREAM = framed(*RIGHT_ONES)


def is_same(one: Heard, other: Heard) -> bool:
    return (one.verdict, one.frames) == (other.verdict, other.frames)


def count_whole(contents: list[bytes], size: int) -> int:
    """Count the frames that lie within the first bytes of a stream."""
    ends = np.cumsum([len(content) + SIZE.size for content in contents])
    return int((ends <= size).sum())


# ---- frames


@fixed
@given(st.lists(st.binary(max_size=20)), st.lists(st.integers(1, 9), min_size=1))
def test_frames_are_the_same_however_the_bytes_arrive(contents: list[bytes], by: list[int]) -> None:
    stream = framed(*contents)
    splitter = FrameSplitter(20)
    frames, at = [], 0
    while at < len(stream):
        size = by[at % len(by)]
        frames += splitter.feed(stream[at : at + size])
        at += size
    assert frames == contents
    assert not splitter.is_broken


def test_a_frame_of_the_largest_size_passes_and_a_larger_one_breaks_the_stream() -> None:
    splitter = FrameSplitter(3)
    assert splitter.feed(b"\3\0\0\0abc") == [b"abc"]
    assert splitter.feed(b"\1\0\0\0a\4\0\0\0abcd\1\0\0\0a") == [b"a"]
    assert splitter.is_broken
    assert splitter.feed(b"\1\0\0\0a") == []


def test_an_absurd_frame_breaks_the_stream_before_it_has_come() -> None:
    splitter = FrameSplitter(3)
    assert splitter.feed(b"\4\0\0") == []
    assert not splitter.is_broken
    assert splitter.feed(b"\0") == []
    assert splitter.is_broken


def test_a_large_frame_in_small_pieces_takes_linear_time_and_twice_its_size() -> None:
    piece = bytes(1024)
    splitter = FrameSplitter(8 * MIB)
    splitter.feed(SIZE.pack(8 * MIB))
    tracemalloc.start()
    start = time.process_time()
    try:
        frames = [frame for _ in range(8 * 1024) for frame in splitter.feed(piece)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [len(frame) for frame in frames] == [8 * MIB]
    assert peak < 2.5 * 8 * MIB
    assert time.process_time() - start < 5


# ---- streams of any bytes


def test_an_honest_stream_gives_every_record_in_its_place() -> None:
    for pipelined in (True, False):
        found = heard(STREAM, pipelined=pipelined)
        assert found.verdict == ""
        assert list(found.records) == ALL
        assert list(found.frames.values()) == HONEST
        for place in ALL[2:]:
            assert number(found.records[place]) == place


def test_a_stream_cut_in_two_at_any_place_gives_the_same() -> None:
    whole = converse([STREAM])
    for at in range(len(STREAM)):
        assert is_same(converse([STREAM[:at], STREAM[at:]]), whole)


def test_a_stream_byte_by_byte_gives_the_same() -> None:
    assert is_same(converse([STREAM[at : at + 1] for at in range(len(STREAM))]), converse([STREAM]))


def test_a_stream_that_ends_early_gives_the_records_before_its_end() -> None:
    for at in range(len(STREAM)):
        found = converse([STREAM[:at]])
        assert found.verdict == "ended"
        assert len(found.records) == count_whole(HONEST, at)


@fixed
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_give_a_verdict(stream: bytes, pipelined: bool) -> None:
    assert heard(stream, pipelined=pipelined).verdict in (WROTE, "ended")


@fixed
@given(st.lists(st.binary(max_size=60), max_size=5), st.integers(0, len(HONEST)))
def test_random_frames_after_honest_ones_give_a_verdict(frames: list[bytes], after: int) -> None:
    found = heard(framed(*HONEST[:after], *frames))
    assert list(found.records) == ALL[: len(found.records)]
    assert len(found.records) >= after


edits = st.lists(
    st.tuples(
        st.integers(0, len(STREAM) - 1),
        st.integers(0, 12),
        st.one_of(st.binary(max_size=12), st.sampled_from([encode(i) for i in range(4)])),
    ),
    min_size=1,
    max_size=3,
)


@settings(fixed, max_examples=75)
@given(edits, st.integers(1, 40))
def test_honest_streams_with_bytes_replaced_give_records_in_bounds_however_they_are_cut(
    edits: list[tuple[int, int, bytes]], size: int
) -> None:
    stream = STREAM
    for at, length, content in edits:
        stream = stream[:at] + content + stream[at + length :]
    whole = heard(stream)
    assert is_same(converse([stream[at : at + size] for at in range(0, len(stream), size)]), whole)


@fixed
@given(st.integers(0, 8 * len(STREAM) - 1))
def test_a_flipped_bit_gives_records_in_bounds(bit: int) -> None:
    stream = bytearray(STREAM)
    stream[bit // 8] ^= 1 << bit % 8
    assert heard(bytes(stream)).verdict in ("", WROTE, "ended")


# ---- right replies, which are told at once


def told(stream: bytes, **options: Any) -> Heard:
    """Read a stream with and without knowing what is right: it comes to the same."""
    found = heard(stream, right=RIGHT, **options)
    assert came_to_the_same(found, heard(stream, **options))
    return found


def test_right_replies_give_every_record_in_its_place() -> None:
    found = told(RIGHT_STREAM)
    assert (found.verdict, list(found.records)) == ("", ALL)


def test_right_replies_that_end_early_give_the_records_before_the_end() -> None:
    for at in range(0, len(RIGHT_STREAM), 7):
        found = told(RIGHT_STREAM[:at])
        assert found.verdict == "ended"
        assert list(found.records) == ALL[: count_whole(RIGHT_ONES, at)]


@fixed
@given(st.integers(0, 8 * len(RIGHT_STREAM) - 1), st.booleans())
def test_a_flipped_bit_in_a_right_reply_changes_no_other(bit: int, pipelined: bool) -> None:
    stream = bytearray(RIGHT_STREAM)
    stream[bit // 8] ^= 1 << bit % 8
    found = told(bytes(stream), pipelined=pipelined)
    hit = count_whole(RIGHT_ONES, bit // 8)
    assert list(found.records) == ALL[: len(found.records)]
    assert len(found.records) >= hit
    for place in {*found.records} - {ALL[hit]}:
        assert found.frames[place] == RIGHT_ONES[ALL.index(place)]


QUESTION = {"asks_for": "a.f", "arguments": ()}


@pytest.mark.parametrize("place", range(2, len(RIGHT_ONES)))
def test_a_question_among_right_replies_moves_none_to_another_place(place: int) -> None:
    """A worker that asks, and numbers what follows as it has to, or as if it had not asked."""
    replies = right_replies()
    request, at = replies[place]["to"], replies[place]["at"]
    asked = [*replies[:place], QUESTION | {"to": request, "at": at}, *replies[place:]]
    later = [
        reply | {"at": reply["at"] + (reply["to"] == request and number > place)}
        for number, reply in enumerate(asked)
    ]
    told(framed(*map(encode, asked)))
    assert told(framed(*map(encode, later))).verdict == ""


def test_the_same_reply_again_says_the_same() -> None:
    says = {"raised": "E", "message": "no", "lines": (("a.py", 1, "raise"),)}
    found = taken(*[says | {"to": 1, "at": at} for at in range(3)])
    assert found == [says] * 3


@pytest.mark.parametrize(
    "second",
    [
        {"to": 1, "at": 2},
        {"to": 1, "at": 0},
        {"to": 1, "at": True},
        {"to": 1, "at": 1.0},
        {"to": 2, "at": 1},
        {"at": 1},
        {"to": 1, "at": 1, "more": 256},
    ],
)
def test_the_same_reply_with_another_number_is_refused_as_ever(second: dict[str, Any]) -> None:
    says: dict[str, Any] = {"value": None}
    if "more" in second:
        assert taken(says | {"to": 1, "at": 0}, says | second)[1] == says | {"more": 256}
    else:
        with pytest.raises(ForgedReplyError):
            taken(says | {"to": 1, "at": 0}, says | second)


def test_numbers_at_the_end_of_a_reply_are_not_taken_for_its_own() -> None:
    first, second = [{"to": 1, "at": at, "value": value} for at, value in ((0, 5), (1, 6))]
    assert taken(first, second) == [{"value": 5}, {"value": 6}]


# ---- order and count


def rearranged(honest: list[bytes] = HONEST) -> st.SearchStrategy[list[bytes]]:
    """Return honest frames with some left out, repeated or elsewhere."""
    places = st.integers(0, len(honest) - 1)
    move = st.tuples(st.sampled_from(["drop", "repeat", "move"]), places, places)

    def apply(moves: list[tuple[str, int, int]]) -> list[bytes]:
        frames = list(honest)
        for what, place, other in moves:
            taken = frames[place % len(frames)]
            if what != "repeat" and len(frames) > 1:
                frames.remove(taken)
            if what != "drop":
                frames.insert(other, taken)
        return frames

    return st.lists(move, min_size=1, max_size=4).map(apply)


@settings(fixed, max_examples=150)
@given(rearranged(), st.booleans())
def test_no_result_is_taken_for_another_calls(frames: list[bytes], pipelined: bool) -> None:
    found = heard(framed(*frames), pipelined=pipelined)
    assert list(found.records) == ALL[: len(found.records)]
    for place, record in found.records.items():
        assert found.frames[place] == HONEST[ALL.index(place)]
        assert number(record) in (place, None)


@settings(fixed, max_examples=150)
@given(rearranged(RIGHT_ONES), st.booleans())
def test_right_replies_in_another_order_are_as_good_as_read_ones(
    frames: list[bytes], pipelined: bool
) -> None:
    found = told(framed(*frames), pipelined=pipelined)
    assert list(found.records) == ALL[: len(found.records)]
    for place, frame in found.frames.items():
        assert frame == RIGHT_ONES[ALL.index(place)]


@pytest.mark.parametrize(
    ("frames", "count", "verdict"),
    [
        (HONEST[:-1], len(ALL) - 1, "ended"),
        ([*HONEST, HONEST[-1]], len(ALL), ""),
        (HONEST[:3] + HONEST[4:], 3, WROTE),
        ([*HONEST[:3], HONEST[2], *HONEST[3:]], 3, WROTE),
        (HONEST[:2] + HONEST[5:7] + HONEST[2:5] + HONEST[7:], 2, WROTE),
        (HONEST[:2] + HONEST[5:], 2, WROTE),
        ([*HONEST[:5], *HONEST[2:5], *HONEST[5:]], len(ALL), ""),
        ([*HONEST[:5], *HONEST[2:5], *HONEST[2:5], *HONEST[5:]], 5, WROTE),
    ],
    ids=[
        "too few",
        "too many at the end",
        "a gap",
        "a repeat",
        "two functions exchanged",
        "a function left out",
        "a function answered twice",
        "a function answered three times",
    ],
)
def test_order_and_count_are_the_judges(frames: list[bytes], count: int, verdict: str) -> None:
    found = heard(framed(*frames))
    assert (len(found.records), found.verdict) == (count, verdict)


@pytest.mark.parametrize(
    ("request_number", "at"),
    [(True, 0), (1, False), (1.0, 0), ("1", 0), (None, 0), (1, None), (2, 0), (1, 1), (1, -1)],
)
@pytest.mark.parametrize("more", [0, -1, 2**62])
def test_only_the_awaited_numbers_pass(request_number: Any, at: Any, more: int) -> None:
    matcher = ReplyMatcher()
    matcher.expect(matcher.ask(), 2)
    if more and type(request_number) is int:
        request_number = more
    with pytest.raises(ForgedReplyError):
        matcher.take(answer(request_number, at), asked=3)
    assert matcher.take(answer(1, 0), asked=1) == {"value": None, "changed": ()}


def test_a_reply_that_came_before_its_request_is_refused() -> None:
    matcher = ReplyMatcher()
    matcher.expect(matcher.ask(), 1)
    early = matcher.asked
    assert matcher.take(answer(1, 0), asked=early) is not None
    matcher.expect(matcher.ask(), 1)
    with pytest.raises(ForgedReplyError, match="before"):
        matcher.take(answer(2, 0), asked=early)
    assert matcher.take(answer(2, 0), asked=2) is not None


def test_nothing_is_taken_after_the_last_reply() -> None:
    matcher = ReplyMatcher()
    matcher.expect(matcher.ask(), 1)
    assert matcher.take(answer(1, 0), asked=1) is not None
    with pytest.raises(ForgedReplyError):
        matcher.take(answer(1, 1), asked=1)


def test_left_over_replies_are_as_many_as_the_requests_before_had() -> None:
    matcher = ReplyMatcher()
    for count in (2, 3):
        matcher.expect(matcher.ask(), count)
        for at in range(count):
            assert matcher.take(answer(matcher.asked, at), asked=matcher.asked) is not None
    matcher.expect(matcher.ask(), 1)
    for _ in range(5):
        assert matcher.take(answer(1, 7), asked=3) is None
    with pytest.raises(ForgedReplyError):
        matcher.take(answer(1, 7), asked=3)
    assert matcher.take(answer(3, 0), asked=3) is not None


def test_no_reply_is_left_over_from_a_request_that_never_was() -> None:
    matcher = ReplyMatcher()
    for _ in range(2):
        matcher.expect(matcher.ask(), 1)
    for nowhere in (0, -1):
        with pytest.raises(ForgedReplyError):
            matcher.take(answer(nowhere, 0), asked=2)


def test_requests_are_expected_once_and_in_order() -> None:
    matcher = ReplyMatcher()
    with pytest.raises(ValueError, match="can't be expected"):
        matcher.expect(1, 1)
    matcher.expect(matcher.ask(), 1)
    with pytest.raises(ValueError, match="can't be expected"):
        matcher.expect(1, 1)
