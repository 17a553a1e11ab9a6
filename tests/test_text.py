"""Text of unknown origin is harmless when shown, and what is shown can be pasted."""

import math
import time
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.text import MAX_NUMBERS, clean, show_numbers, show_value

fixed = settings(derandomize=True, deadline=None, max_examples=200)

# ---- clean

DIRTY = {
    "plain": ("shapes (2,3) and (2,) not aligned", "shapes (2,3) and (2,) not aligned"),
    "lines and tabs": ("one\n\ttwo", "one\n\ttwo"),
    "other alphabets": ("größe λ 重み", "größe λ 重み"),
    "colours": ("\x1b[31;1mred\x1b[0m", "red"),
    "cursor": ("a\x1b[2Jb\x1b[10;10Hc\x1b[?25ld", "abcd"),
    "colours in one byte": ("\x9b31mred", "red"),
    "title of the window": ("\x1b]0;owned\x07text", "text"),
    "link": ("\x1b]8;;https://example.org\x1b\\text", "text"),
    "escape alone": ("a\x1bb", "ab"),
    "bell, null, delete": ("a\x07b\x00c\x7fd", "abcd"),
    "carriage return": ("passed\rfailed", "passedfailed"),
    "backspace": ("failed\b\b\b\b\b\bpassed", "failedpassed"),
    "right to left": ("\u202egnirts\u202c", "gnirts"),
    "isolates": ("\u2066a\u2069", "a"),
    "zero width": ("a\u200bb\ufeffc", "abc"),
    "half a character": ("a\ud800b", "ab"),
    "private": ("a\ue000b", "ab"),
    "address": ("<f at 0x7f2b9c0d1e50>", "<f at 0x...>"),
    "two addresses": ("0x7f2b9c0d1e50 0xDEADBEEF", "0x... 0x..."),
    "hidden address": ("0x7f2b\u200b9c0d1e50", "0x..."),
    "small number": ("0x1f", "0x1f"),
    "temporary folder": ("File '/tmp/grade-ab1_c2d/submission/forward.py'", "File 'forward.py'"),
    "scratch folder": ("/var/folders/x+y/T/grade-abc/scratch-2/data.txt", "data.txt"),
    "folder itself": ("in /tmp/grade-abc/submission", "in "),
    "hidden folder": ("/tmp/gra\u200bde-abc/submission/a.py", "a.py"),
    "coloured folder": ("/tmp/grade-abc/\x1b[1msubmission/a.py", "a.py"),
    "another folder": ("see /elsewhere/upgrade/submission.py", "see submission.py"),
}


@pytest.mark.parametrize(("text", "shown"), DIRTY.values(), ids=DIRTY.keys())
def test_only_what_is_harmless_is_left(text: str, shown: str) -> None:
    assert clean(text, limit=200) == shown


def test_text_is_cut_at_the_limit_and_says_so() -> None:
    assert clean("a" * 20, limit=20) == "a" * 20
    assert clean("a" * 21, limit=20) == "a" * 17 + "..."
    assert len(clean("\x1b[0m" * 50 + "a" * 100, limit=20)) <= 20


def test_text_far_beyond_the_limit_is_not_even_looked_at() -> None:
    assert clean("\x1b" * 40 + "a", limit=10) == ""
    assert clean("\x1b" * 39 + "a", limit=10) == "a"


@fixed
@given(st.text(), st.integers(3, 40))
def test_no_text_gets_round_it(text: str, limit: int) -> None:
    shown = clean(text, limit=limit)
    assert len(shown) <= limit
    assert all([c in "\n\t" or unicodedata.category(c)[0] != "C" for c in shown])
    shown.encode()
    assert clean(shown, limit=limit) == shown


@pytest.mark.parametrize(
    "piece", ["/a", "/", "/grade-", "/grade-a/", "/grade-a/submission", "0x", "\x1b[", "\x1b]", "a"]
)
def test_the_time_grows_no_faster_than_the_text(piece: str) -> None:
    start = time.process_time()
    clean(piece * 100_000, limit=50_000)
    assert time.process_time() - start < 2


# ---- show_value


def pasted(value: Any) -> Any:
    """Return what a student gets who pastes the text."""
    return eval(show_value(value), {"np": np})


numbers = hnp.arrays(
    st.sampled_from([np.dtype(name) for name in ("f8", "i8", "?", "f4", "f2", "i4")]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)


@fixed
@given(numbers)
def test_a_shown_array_is_the_same_when_pasted(array: np.ndarray) -> None:
    back = pasted(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert np.array_equal(back, array, equal_nan=array.dtype.kind == "f")
    assert np.array_equal(np.signbit(back * 1.0), np.signbit(array * 1.0)) or np.isnan(array).any()


@fixed
@given(st.integers() | st.floats() | st.booleans() | st.text() | st.none())
def test_a_shown_scalar_is_the_same_when_pasted(value: Any) -> None:
    back = pasted(value)
    assert type(back) is type(value)
    assert back == value or (math.isnan(back) and math.isnan(value))


@fixed
@given(st.dictionaries(st.sampled_from(["H", "b_H", "U", "b_U"]), numbers | st.floats()))
def test_a_shown_dict_is_the_same_when_pasted(params: dict[str, Any]) -> None:
    back = pasted(params)
    assert list(back) == list(params)
    for name, value in params.items():
        assert np.array_equal(back[name], value, equal_nan=np.asarray(value).dtype.kind == "f")


def test_values_are_shown_as_one_would_write_them() -> None:
    assert show_value(np.array([[0.0, 0.1], [1000.0, -2.5]])) == (
        "np.array([[0.0, 0.1], [1000.0, -2.5]])"
    )
    assert show_value(np.array([1, 2])) == "np.array([1, 2])"
    assert show_value(np.array([np.nan, -np.inf])) == "np.array([np.nan, -np.inf])"
    assert show_value(np.zeros((0, 3))) == "np.zeros((0, 3))"
    assert show_value(np.ones(1, np.float32)) == "np.array([1.0], dtype=np.float32)"
    assert show_value({"H": np.ones(1)}) == '{"H": np.array([1.0])}'
    assert show_value(0.5) == "0.5"
    assert show_value("inf") == "'inf'"


def test_a_large_array_is_described() -> None:
    assert show_value(np.zeros(MAX_NUMBERS)).startswith("np.array([")
    assert show_value(np.zeros((MAX_NUMBERS + 1, 1))) == (
        f"(an array of shape ({MAX_NUMBERS + 1}, 1))"
    )


def test_numbers_are_shown_to_six_digits() -> None:
    row = np.array([0.1, 1 / 3, 1e-12, 123456789.0, -0.0, np.nan, np.inf])
    assert show_numbers(row) == "[0.1, 0.333333, 1e-12, 1.23457e+08, 0, nan, inf]"
    assert show_numbers(np.array([True, False])) == "[1, 0]"
    assert show_numbers(np.array(2)) == "[2]"
    assert show_numbers(np.zeros(0)) == "[]"


def test_a_long_row_of_numbers_is_cut() -> None:
    assert show_numbers(np.zeros(24)).count("0") == 24
    assert "..." not in show_numbers(np.zeros(24))
    assert show_numbers(np.zeros(25)).endswith("0, ...]")


def test_a_reader_who_wants_every_number_gets_them() -> None:
    array = np.arange(60.0).reshape(2, 30)
    assert show_value(array) == "(an array of shape (2, 30))"
    assert show_value({"H": array}, limit=60) == f'{{"H": np.array({array.tolist()})}}'
