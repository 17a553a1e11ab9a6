"""Replies of nearly the right form, too large ones and too many: what is read stays in bounds."""

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from reply_reading import ALL, HONEST, MIB, answer, fixed, heard
from reply_streams import (
    converse,
    framed,
    honest_replies,
)

from autograder.core.codec import ARRAY_DTYPES, encode
from autograder.core.records import FileState, Line, Raised, Returned
from autograder.core.results import MAX_CHARACTERS, MAX_RESULTS, TOO_LARGE, plain_result
from autograder.supervisor import replies
from autograder.supervisor.outcomes import (
    KEPT_REQUEST_BYTES,
    KEPT_RUN_BYTES,
    SMALL_BYTES,
    Allowance,
    read_file_state,
    read_outcome,
    read_printed,
    read_ready,
)
from autograder.supervisor.replies import WROTE, ForgedReplyError, ReplyMatcher

# ---- forged replies of nearly the right form

names = st.sampled_from(["float64", "float32", "float16", "int64", "uint8", "bool", "object", "x"])


arrays = hnp.arrays(
    st.sampled_from(ARRAY_DTYPES), hnp.array_shapes(min_dims=0, max_dims=8, min_side=0, max_side=2)
)


keys = st.sampled_from([*"HUb", "x" * 60, "x" * 61, "value", "raised"])


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    | st.binary(max_size=9)
    | arrays
    | st.tuples(arrays, names)
)


trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, min_size=1, max_size=1).map(lambda one: tuple(one * 65))
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=6,
)


fields = st.dictionaries(
    st.sampled_from(
        ["value", "changed", "raised", "message", "lines", "not_started", "printed", "loaded"]
    ),
    trees
    | st.lists(st.integers(-70, 70), max_size=70).map(tuple)
    | st.lists(st.tuples(st.text("ab"), st.integers(), st.text("ab")), max_size=12)
    .filter(lambda lines: all([abs(line[1]) < 2**62 for line in lines]))
    .map(tuple),
)


@settings(fixed, max_examples=150)
@given(fields, st.sampled_from(ALL), st.booleans())
def test_forged_replies_give_records_in_bounds(
    forged: dict[str, Any], place: tuple[int, int], is_whole: bool
) -> None:
    contents = honest_replies()
    at = ALL.index(place)
    numbers = {"to": place[0], "at": place[1]}
    contents[at] = (forged if is_whole else contents[at] | forged) | numbers
    found = heard(framed(*[encode(content) for content in contents]))
    assert found.verdict in ("", WROTE)
    assert len(found.records) in (at, len(ALL))


@fixed
@given(trees, st.sampled_from(["array", ("array", "array"), {"H": "array"}]))
@example(value=("array of shape (1, 1)",) * MAX_RESULTS, structure=("array",) * 2)
def test_all_that_the_worker_makes_of_a_result_is_read(value: Any, structure: Any) -> None:
    plain = plain_result(value, structure)
    reply = {"value": plain, "changed": (0,), "to": 3, "at": 0}
    stream = framed(*HONEST[:2], encode(reply), *HONEST[3:])
    assert converse([stream]).verdict == ""


UNREADABLE: dict[str, Any] = {
    "a number": 1,
    "a truth value": True,
    "bytes": b"x",
    "a bare array": np.zeros(2),
    "an array with a number for its type": (np.zeros(2), 1),
    "an array under a type it can't have had": (np.zeros(2, np.float32), "float64"),
    "an array under no type's name": (np.zeros(2), "str"),
    "two bare arrays": (np.zeros(2), np.zeros(2)),
    "too many results": (None,) * (MAX_RESULTS + 1),
    "too many keys": {str(i): None for i in range(MAX_RESULTS + 1)},
    "too long a key": {"x" * (MAX_CHARACTERS + 1): None},
    "something further inside": ({"H": (None, {"b": 3})},),
}


@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_has_no_form_of_a_result_is_refused(value: Any) -> None:
    with pytest.raises(ForgedReplyError):
        read_outcome({"value": value, "changed": ()}, Allowance())


@pytest.mark.parametrize("changed", [(-1,), (-100,), (64,), (True,), (1.0,), ("0",), (0,) * 65, 0])
def test_changed_arguments_that_are_no_positions_are_refused(changed: Any) -> None:
    with pytest.raises(ForgedReplyError):
        read_outcome({"value": None, "changed": changed}, Allowance())


def test_changed_arguments_come_sorted_and_once() -> None:
    reply = {"value": None, "changed": (63, 0, 0)}
    assert read_outcome(reply, Allowance()) == Returned(None, (0, 63))


RAISED = {"raised": "E", "message": "m", "lines": ()}


@pytest.mark.parametrize(
    "change",
    [
        {"raised": 3},
        {"raised": (None,) * 1000},
        {"message": None},
        {"lines": "a.py"},
        {"lines": {}},
        {"lines": None},
        {"lines": (1,)},
        {"lines": (("a.py", 1),)},
        {"lines": (("a.py", 1, 2),)},
        {"not_started": 1},
        {"value": None},
    ],
)
def test_an_exception_of_another_form_is_refused(change: dict[str, Any]) -> None:
    for read in (lambda reply: read_outcome(reply, Allowance()), file_state):
        with pytest.raises(ForgedReplyError):
            read(RAISED | change)


def file_state(reply: dict[str, Any]) -> FileState:
    return read_file_state(reply, ("f", "g"), graded=("a.f", "a.g"))


def test_an_exceptions_texts_are_cut_and_its_numbers_kept_in_range() -> None:
    lines = (("a" * 999, 2**62, "b" * 999), ("", -5, ""), ("", True, ""), ("", None, ""))
    reply = {"raised": "k" * 999, "message": "m" * 9999, "lines": lines * 3, "not_started": "n" * 9}
    found = read_outcome(reply, Allowance())
    assert isinstance(found, Raised)
    assert (len(found.kind), len(found.message), found.not_started) == (80, 2000, "n" * 9)
    assert found.lines[0] == Line("a" * 100, 10**6, "b" * 400)
    assert [line.number for line in found.lines[1:]] == [0, 0, 0, 10**6, 0, 0, 0]


@pytest.mark.parametrize("loaded", [None, 5, (), "f"])
def test_a_file_without_a_table_of_functions_is_refused(loaded: Any) -> None:
    with pytest.raises(ForgedReplyError):
        file_state({"loaded": loaded})


@pytest.mark.parametrize("says", [np.ones(2), 1, "yes", {}, (1, np.ones(2)), ("a.f", 3, "no.f")])
def test_what_is_said_of_a_function_becomes_plain(says: Any) -> None:
    described = {"is_there": says, "is_callable": says, "uses": says}
    uses = ("a.f",) if isinstance(says, tuple) and len(says) == 3 else ()
    plain = {"is_there": False, "is_callable": False, "uses": uses}
    assert file_state({"loaded": {"f": described, "h": described, "g": 3}}) == FileState(
        functions={"f": plain, "g": {}}
    )


def test_many_thousand_used_functions_are_no_more_than_those_of_the_homework() -> None:
    uses = tuple([f"m.{i}" for i in range(10**5)]) + ("a.g", "a.f") * 1000
    state = file_state({"loaded": {"f": {"uses": uses}}})
    assert state.functions["f"]["uses"] == ("a.g", "a.f")


@pytest.mark.parametrize(
    "reply", [{}, {"printed": 3}, {"printed": None}, {"printed": "", "value": None}, {"value": ""}]
)
def test_what_is_no_print_is_refused(reply: dict[str, Any]) -> None:
    with pytest.raises(ForgedReplyError):
        read_printed(reply, limit=10)


def test_a_print_is_cut_one_character_after_its_limit() -> None:
    assert read_printed({"printed": "x" * 99}, limit=10) == "x" * 11


@pytest.mark.parametrize("ready", [None, (), {"python": 3}, {str(i): "" for i in range(33)}])
def test_a_start_without_versions_is_refused(ready: Any) -> None:
    with pytest.raises(ForgedReplyError):
        read_ready({"ready": ready, "layers": {}})
    with pytest.raises(ForgedReplyError):
        read_ready({"ready": {}, "layers": ready})


def test_every_nan_is_the_same_nan() -> None:
    for dtype, bits in ((np.float64, 0x7FF4 << 48), (np.float32, 0x7FA0 << 16)):
        integer = np.dtype(f"u{np.dtype(dtype).itemsize}")
        odd = np.array([[bits], [0]], integer).view(dtype)
        reply = {"value": (odd, np.dtype(dtype).name), "changed": ()}
        found = read_outcome(reply, Allowance())
        assert isinstance(found, Returned)
        array = found.value[0]
        assert array.tobytes() == np.array([[np.nan], [0]], dtype).tobytes()
        np.testing.assert_equal(array.astype(np.float64) - 1, [[np.nan], [-1]])


# ---- bounds of memory and time


def kept(value: Any, allowance: Allowance) -> bool:
    """Tell whether a result is kept, and not described as too large."""
    found = read_outcome({"value": value, "changed": (0,)}, allowance)
    assert isinstance(found, Returned)
    assert found.changed == (0,)
    return not (isinstance(found.value, str) and found.value == TOO_LARGE)


def floats(size_bytes: int) -> tuple[np.ndarray, str]:
    return np.zeros(size_bytes // 8), "float64"


def test_large_results_are_kept_up_to_the_bounds_of_a_request_and_of_a_run() -> None:
    allowance = Allowance()
    half = floats(KEPT_REQUEST_BYTES // 2 - 1000)
    for _ in range(KEPT_RUN_BYTES // KEPT_REQUEST_BYTES):
        allowance.begin_request()
        assert [kept(half, allowance) for _ in range(3)] == [True, True, False]
        assert not kept((half, half, half), allowance)
    allowance.begin_request()
    assert not kept(half, allowance)


def test_results_of_the_usual_size_are_always_kept() -> None:
    allowance = Allowance()
    large = floats(KEPT_REQUEST_BYTES - 1000)
    for _ in range(2 * KEPT_RUN_BYTES // KEPT_REQUEST_BYTES):
        allowance.begin_request()
        kept(large, allowance)
    assert not kept(floats(SMALL_BYTES), allowance)
    assert kept(floats(SMALL_BYTES - 1000), allowance)


def test_an_empty_array_counts_as_what_its_sum_over_the_empty_axis_takes() -> None:
    allowance = Allowance()
    assert kept((np.zeros((0, 1000)), "float64"), allowance)
    assert kept((np.zeros((1000, 0, 1000)), "float64"), allowance)
    assert not kept((np.zeros((1000, 0, 1000)), "float64"), allowance)


def test_the_characters_of_texts_count() -> None:
    allowance = Allowance()
    texts = ("x" * 1000,) * 60  # as if each took four bytes
    assert [kept(texts, allowance) for _ in range(40)] == [True] * 31 + [False] * 9


TINY: dict[str, Callable[[int], Any]] = {
    "nothing": lambda count: (None,) * count,
    "empty dicts": lambda count: tuple([{} for _ in range(count)]),
    "truth values without an axis": lambda count: (np.zeros((), bool),) * count,
    "arrays of eight axes": lambda count: (np.zeros((1,) * 8),) * count,
    "keys": lambda count: {str(i): None for i in range(count)},
    "texts": lambda count: ("\U0001f600",) * count,
}


@pytest.mark.parametrize("make", TINY.values(), ids=TINY.keys())
def test_many_tiny_items_take_little_memory_before_they_are_refused(
    make: Callable[[int], Any],
) -> None:
    few, many = make(replies.MAX_ITEMS - 6), make(300_000)
    for value in (few, many):
        frame = encode({"value": value, "changed": (), "to": 1, "at": 0})
        del value
        matcher = ReplyMatcher()
        matcher.expect(matcher.ask(), 1)
        tracemalloc.start()
        start = time.process_time()
        try:
            with pytest.raises(ForgedReplyError):
                read_outcome(matcher.take(frame, asked=1) or {}, Allowance())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 6 * MIB
        assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "value",
    [
        "x" * (16 * MIB),
        "x" * (3 * MIB) + "\U0001f600",
        "x" * (15 * MIB) + "\U0001f600",
        ("x" * MIB,) * 3,
        {"x" * (3 * MIB): None},
        bytes(16 * MIB),
        (np.zeros(2 * MIB), "float64"),
        (np.zeros(16 * MIB, bool), "bool"),
    ],
    ids=[
        "text",
        "wide text",
        "long wide text",
        "texts",
        "a key",
        "bytes",
        "an array",
        "truth values",
    ],
)
def test_one_large_reply_takes_little_more_memory_than_its_bytes(value: Any) -> None:
    frame = encode({"value": value, "changed": (), "to": 1, "at": 0})
    allowance = Allowance()
    matcher = ReplyMatcher()
    matcher.expect(matcher.ask(), 1)
    tracemalloc.start()
    try:
        try:
            outcome = read_outcome(matcher.take(frame, asked=1) or {}, allowance)
        except ForgedReplyError:
            outcome = Returned(None)
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 33 * MIB
    assert left < MIB
    assert isinstance(outcome, Returned)


def test_what_a_whole_run_of_the_largest_results_leaves_is_bounded() -> None:
    value = floats(3 * MIB)
    frames = [answer(1, at, value) for at in range(20)]
    allowance = Allowance()
    found = []
    tracemalloc.start()
    try:
        for _ in range(8):
            matcher = ReplyMatcher()
            matcher.expect(matcher.ask(), len(frames))
            allowance.begin_request()
            for frame in frames:
                reply = matcher.take(frame, asked=1)
                found.append(read_outcome(reply or {}, allowance))
                del reply
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(found) == 160
    assert left < KEPT_RUN_BYTES + MIB


def test_what_kept_a_file_from_being_imported_is_a_name_or_nothing() -> None:
    for said, taken in (("activations", "activations"), ("../x", ""), ("x" * 500, "x" * 100)):
        found = read_outcome(RAISED | {"not_imported": said, "wanted": "a.b"}, Allowance())
        assert isinstance(found, Raised)
        assert (found.not_imported, found.wanted, found.is_read_only) == (taken, "a.b", False)
    with pytest.raises(ForgedReplyError):
        read_outcome(RAISED | {"not_imported": 3}, Allowance())
