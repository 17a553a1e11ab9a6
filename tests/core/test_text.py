"""Text of unknown origin is harmless when shown, and what is shown can be pasted."""

import math
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.core.text import MAX_NUMBERS, clean, cut_at_word, one_line, show_numbers, show_value

fixed = settings(derandomize=True, deadline=None, max_examples=200)

# ---- clean

DIRTY = {
    "plain": ("shapes (2,3) and (2,) not aligned", "shapes (2,3) and (2,) not aligned"),
    "lines and tabs": ("one\n\ttwo", "one\n\ttwo"),
    "other alphabets": ("größe λ 重み", "größe λ 重み"),
    "colors": ("\x1b[31;1mred\x1b[0m", "red"),
    "cursor": ("a\x1b[2Jb\x1b[10;10Hc\x1b[?25ld", "abcd"),
    "colors in one byte": ("\x9b31mred", "red"),
    "title of the window": ("\x1b]0;owned\x07text", "text"),
    "link": ("\x1b]8;;https://example.org\x1b\\text", "text"),
    "link in eight bits": ("\x9d8;;https://example.org\x9ctext", "text"),
    "device control": ("\x1bP1;2|secret\x1b\\text", "text"),
    "device control in eight bits": ("\x90q#0;2;0;0;0\x9ctext", "text"),
    "private message, start of string": ("\x1b^a\x1b\\b\x1bXc\x9cd\x98e\x9cf", "bdf"),
    "application command": ("\x1b_Gf=100;AAAA\x1b\\text\x9fG\x9c", "text"),
    "colors with colons": ("\x1b[38:2::255:0:0mred\x1b[m", "red"),
    "private cursor": ("\x1b[>4;2ma\x1b[=1ub", "ab"),
    "character set": ("\x1b(0lqk\x1b(B", "lqk"),
    "title without an end": ("\x1b]0;text", "]0;text"),
    "reset": ("a\x1bcb", "acb"),
    "escape alone": ("a\x1bb", "ab"),
    "bell, null, delete": ("a\x07b\x00c\x7fd", "abcd"),
    "carriage return": ("passed\rfailed", "passedfailed"),
    "backspace": ("failed\b\b\b\b\b\bpassed", "failedpassed"),
    "right to left": ("\u202egnirts\u202c", "gnirts"),
    "embedded, overridden": ("\u202aa\u202bb\u202cc\u202dd\u202ee", "abcde"),
    "isolates": ("\u2066a\u2067b\u2068c\u2069", "abc"),
    "marks of direction": ("a\u200eb\u200fc\u061cd", "abcd"),
    "zero width": ("a\u200bb\ufeffc\u200dd\u200ce\u2060f", "abcdef"),
    "soft hyphen": ("a\u00adb", "ab"),
    "fillers": ("a\u115fb\u1160c\u3164d\uffa0e\u034ff\u17b4g\u180eh", "abcdefgh"),
    "variants": ("a\ufe0fb\U000e0100c", "abc"),
    "tags": ("a\U000e0041\U000e007fb", "ab"),
    "other line ends": ("a\r\nb\u2028c\u2029d", "a\nb\nc\nd"),
    "form feed": ("a\x0c\x0bb\x85c", "abc"),
    "marks": ("e\u0301 \u1ec7 \u0e01\u0e35\u0e48", "e\u0301 \u1ec7 \u0e01\u0e35\u0e48"),
    "too many marks": ("e" + "\u0301\u0302" * 500 + "f", "e\u0301\u0302\u0301\u0302f"),
    "too many marks around nothing": ("e" + "\u0301\u200b" * 200, "e\u0301\u0301\u0301\u0301"),
    "rings around": ("e" + "\u20dd" * 50, "e" + "\u20dd" * 4),
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
    assert clean(text, limit=300) == shown


def test_text_is_cut_at_the_limit_and_says_so() -> None:
    assert clean("a" * 20, limit=20) == "a" * 20
    assert clean("a" * 21, limit=20) == "a" * 17 + "..."
    assert len(clean("\x1b[0m" * 50 + "a" * 100, limit=20)) <= 20


def test_lines_are_cut_at_their_limit() -> None:
    assert clean("a\n" * 39 + "a", limit=1000) == "a\n" * 39 + "a"
    assert clean("a\n" * 40, limit=1000) == "a\n" * 39 + "..."
    assert clean("\n" * 900, limit=1000).count("\n") == 39
    assert clean("a\nb\nc", limit=1000, lines=2) == "a\n..."
    assert clean("a\nb\nc", limit=4, lines=2) == "a..."


def test_text_far_beyond_the_limit_is_not_even_looked_at() -> None:
    assert clean("\x1b" * 40 + "a", limit=10) == ""
    assert clean("\x1b" * 39 + "a", limit=10) == "a"


#: Some of each range of Unicode's DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
IGNORABLE = set(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200f\u202a\u202e"
    "\u2060\u2065\u206f\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff8\U0001bca0\U0001d173\U0001d17a"
    "\U000e0000\U000e0001\U000e0100\U000e01ef\U000e0fff"
)


@fixed
@given(
    st.text() | st.text(st.sampled_from([*sorted(IGNORABLE), "a", "\u0301"])), st.integers(3, 40)
)
def test_no_text_gets_round_it(text: str, limit: int) -> None:
    shown = clean(text, limit=limit)
    assert len(shown) <= limit
    assert not set(shown) & IGNORABLE
    assert all([c in "\n\t" or unicodedata.category(c)[0] != "C" for c in shown])
    shown.encode()
    assert clean(shown, limit=limit) == shown


FLOODS = {
    "folders": "/a",
    "slashes": "/",
    "temporary": "/grade-",
    "temporary, nested": "/grade-a/",
    "submission": "/grade-a/submission",
    "addresses": "0x",
    "colors": "\x1b[",
    "colors with numbers": "\x1b[1;",
    "titles": "\x1b]",
    "titles in eight bits": "\x9d",
    "every kind of string": "\x90\x98\x9d\x9e\x9f\x1bP\x1b_",
    "character sets": "\x1b(",
    "marks": "\u0301",
    "zero width": "\u200b",
    "lines": "\n",
    "line separators": "\u2028",
    "blanks": " ",
    "letters": "a",
    "files": "a.py",
    "dots": ".",
}


@pytest.mark.parametrize("piece", FLOODS.values(), ids=FLOODS.keys())
@pytest.mark.parametrize("show", [clean, one_line])
def test_the_time_grows_no_faster_than_the_text(show: Callable[..., str], piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * size)[:size]
        start = time.process_time()
        assert len(show(text, limit=size)) <= size
        return time.process_time() - start

    # Sixteen times as long where it grows with the square.
    assert seconds(1_000_000) < 0.1 + 8 * seconds(250_000)


# ---- one_line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../hw/forward.py", "../hw/forward.py"),
        (" a\n b\tc\r\nd\u2028e ", "a b c d e"),
        ("\x1b[31mred\x1b[0m.py", "red.py"),
        ("\u202eyp.drawrof", "yp.drawrof"),
        ("a\udcffb", "ab"),
        ("", ""),
        ("x" * 29 + ".py", "x" * 14 + "..." + "x" * 10 + ".py"),
    ],
    ids=ascii,
)
def test_a_name_is_shown_on_one_line(name: str, shown: str) -> None:
    assert one_line(name, limit=30) == shown


@fixed
@given(st.text(), st.integers(3, 40))
def test_no_name_gets_round_it(name: str, limit: int) -> None:
    shown = one_line(name, limit=limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    assert all([unicodedata.category(c)[0] not in "C" and c not in IGNORABLE for c in shown])


def test_both_ends_of_a_huge_name_are_shown() -> None:
    assert one_line("a" * 10**6 + "b" * 10**6, limit=9) == "aaa...bbb"


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


def test_a_text_is_cut_between_words() -> None:
    assert cut_at_word("one two\nthree", 13) == "one two\nthree"
    assert cut_at_word("one two\nthree", 12) == "one two\n..."
    assert cut_at_word("one two\nthree", 5) == "one ..."
    assert cut_at_word("one", 2) == "on..."
