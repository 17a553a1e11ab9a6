"""Read a stream of replies as the supervisor does, within bounds of memory."""

import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import settings
from reply_streams import (
    CALLS,
    Heard,
    converse,
    honest_replies,
    in_bounds,
)

from autograder.core.codec import encode
from autograder.supervisor.replies import ReplyMatcher

__all__ = ["ALL", "HONEST", "MIB", "answer", "bounded", "fixed", "heard", "taken"]


MIB = 1024 * 1024


#: The same examples on every run, however slow the machine.
fixed = settings(derandomize=True, deadline=None, max_examples=80)


HONEST = [encode(reply) for reply in honest_replies()]


ALL = [(1, 0), (2, 0), *[(r, at) for r, count in enumerate(CALLS, 3) for at in range(count + 1)]]


@contextmanager
def bounded(stream_bytes: int) -> Iterator[None]:
    """Assert that memory and calls of Python functions stay in proportion to the bytes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    tracemalloc.start()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert calls <= 500 + 30 * stream_bytes
    assert peak <= 100_000 + 100 * stream_bytes


def heard(stream: bytes, **options: Any) -> Heard:
    """Read a stream within all bounds."""
    with bounded(len(stream)):
        found = converse([stream], **options)
    in_bounds(found)
    return found


def taken(*contents: dict[str, Any]) -> list[dict[str, Any]]:
    """Take replies as those to one request, of which the count is theirs."""
    matcher = ReplyMatcher()
    matcher.expect(matcher.ask(), len(contents))
    taken = [matcher.take(encode(content), asked=1) for content in contents]
    assert None not in taken
    return [content for content in taken if content is not None]


def answer(request: Any, at: Any, value: Any = None) -> bytes:
    return encode({"value": value, "changed": (), "to": request, "at": at})
