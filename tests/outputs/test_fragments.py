"""Pieces of HTML: few tags, everything escaped, nothing that a sanitizer or a reader would miss."""

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reports import STATUSES, check, evil_report, example
from page_submissions import EVIL

from autograder.core.message import Label, Message, Row
from autograder.core.records import Argument, Compared, Status
from autograder.grading.audience import for_students
from autograder.homework.settings import Feedback
from autograder.outputs.gradescope_json import to_gradescope
from autograder.outputs.html.arrays import MARK, argument_tables, result_tables
from autograder.outputs.html.fragments import (
    ALLOWED,
    message_html,
    notes_html,
    parts_html,
    printed_html,
)

VOID = {"br"}


class Reader(HTMLParser):
    """Collects what a piece shows and everything that is not allowed."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.inside: list[str] = []
        self.text = ""
        self.feed(piece)
        self.close()
        self.problems += [f"{tag} is not closed" for tag in self.inside]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.problems += [
            f"{tag} {name}" for name, _ in attrs if name not in ALLOWED.get(tag, frozenset())
        ]
        for name, value in attrs:
            if name == "class" and not str(value).startswith("ag-"):
                self.problems.append(f"class {value}")
        if tag not in ALLOWED:
            self.problems.append(tag)
        if tag not in VOID:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.inside or self.inside.pop() != tag:
            self.problems.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\N{NO-BREAK SPACE}", " ")

    def handle_comment(self, data: str) -> None:
        self.problems.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.problems.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.problems.append("an instruction")


def test_the_tags_of_a_piece_can_do_nothing() -> None:
    assert not ALLOWED.keys() & {"script", "style", "a", "img", "svg", "iframe", "form", "link"}
    attributes = {name for names in ALLOWED.values() for name in names}
    assert attributes == {"class", "scope", "title"}


@pytest.mark.parametrize("text", ["f", EVIL])
@pytest.mark.parametrize("status", STATUSES)
def test_a_check_of_any_status_keeps_to_the_allowed_tags(status: str, text: str) -> None:
    one = check(1, status, text)
    for piece in (
        message_html(one),
        message_html(one, in_words=True),
        message_html(replace(one, example=None)),
    ):
        assert Reader(piece).problems == []
    if status != Status.PASSED:
        assert text in Reader(message_html(one)).text


def test_a_whole_report_keeps_to_the_allowed_tags() -> None:
    report = evil_report()
    for piece in (
        parts_html(report),
        notes_html(report.notes),
        printed_html(EVIL, EVIL),
    ):
        assert Reader(piece).problems == []
        assert EVIL in Reader(piece).text
    assert to_gradescope(report, feedback=Feedback(), execution_seconds=0, metadata={})


@given(st.text())
def test_any_text_is_shown_as_it_is(text: str) -> None:
    # A parser reads a null and a carriage return as something else; no text that is shown
    # has them. The reader above takes a hard blank for a blank.
    shown = text.translate(dict.fromkeys(map(ord, "\r\0\N{NO-BREAK SPACE}")))
    read = Reader(printed_html("f", shown))
    assert read.problems == []
    assert shown in read.text


def test_the_cause_comes_first() -> None:
    text = Reader(message_html(check(1, Status.FAILED, "cause"))).text
    assert text.index("Likely cause: cause") < text.index("called")


def test_a_check_that_keeps_its_points_says_only_why() -> None:
    rows = (Row(Label.CARRIED, "fix g"), Row(Label.LOOK_AT, "f"))
    kept = replace(check(1, Status.FAILED), score=100, message=Message(rows))
    assert Reader(message_html(kept)).text == "Carried along: fix g"


def test_what_a_table_shows_is_not_said_again_unless_it_is_asked_for() -> None:
    one = check(1, Status.FAILED, "row")
    assert "<dt>expected</dt>" not in message_html(one)
    assert "<dt>expected</dt>" in message_html(one, in_words=True)


def test_students_get_no_example_of_a_hidden_check() -> None:
    hidden = check(1, Status.FAILED, visibility="hidden")
    public = check(2, Status.FAILED)
    report = replace(evil_report(), checks=(hidden, public))
    shown = for_students(report, Feedback()).checks
    assert [one.example is None for one in shown] == [True, False]
    assert "table" not in message_html(shown[0])


# ---- tables


def result(expected: np.ndarray, got: np.ndarray) -> str:
    return result_tables([Compared("z", expected, got, got.ravel() != expected.ravel())])


def test_a_wrong_entry_has_a_sign_bold_type_and_a_word() -> None:
    table = result(np.array([[1.0, 2.0]]), np.array([[1.0, 2.5]]))
    assert table.count(MARK) == 2  # in the caption, and at the entry
    assert f'<td class="ag-wrong" title="wrong"><strong>{MARK} 2.5</strong></td>' in table


def test_numbers_that_look_the_same_are_written_out() -> None:
    table = Reader(result(np.array([1 / 3]), np.array([1 / 3 + 1e-8]))).text
    assert "0.3333333333333333" in table
    assert "0.33333334333333" in table


def test_of_a_large_array_the_place_of_the_first_wrong_entry_is_shown() -> None:
    expected = np.zeros((60, 40))
    got = expected.copy()
    got[50, 30] = 7.0
    tables = result(expected, got)
    assert f"<strong>{MARK} 7</strong>" in tables
    assert tables.count('<th scope="row">50</th>') == tables.count('<th scope="col">30</th>') == 2
    assert '<th scope="row">0</th>' not in tables
    assert len(tables) < 6000


def test_an_array_of_three_axes_is_shown_matrix_by_matrix() -> None:
    expected = np.zeros((9, 2, 2))
    got = expected.copy()
    got[8, 1, 1] = 1.0
    text = Reader(result(expected, got)).text
    assert "matrix 8" in text
    assert "matrix 0" not in text


@pytest.mark.parametrize(
    ("shape", "letters", "said"),
    [
        ((2, 3), "t d", "(t by d = 2 by 3)"),
        ((2, 3), "", "(2 by 3)"),
        ((1, 3), "1 v", "(1 by v = 1 by 3)"),
        ((4,), "t", "(t = 4)"),
        ((4,), "", "(4 numbers)"),
        ((), "", "(a single number)"),
    ],
)
def test_a_shape_is_said_in_the_notes_letters(
    shape: tuple[int, ...], letters: str, said: str
) -> None:
    argument = Argument("x", np.zeros(shape), shape, letters)
    assert said in Reader(argument_tables([argument])).text.replace("\N{MULTIPLICATION SIGN}", "by")


def test_plain_numbers_are_in_one_line() -> None:
    text = argument_tables([Argument("d", 3), Argument("lr", 0.5)])
    assert Reader(text).text.strip() == "d = 3, lr = 0.5"


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 2)])
def test_an_empty_array_is_called_empty(shape: tuple[int, ...]) -> None:
    assert "empty" in Reader(argument_tables([Argument("x", np.zeros(shape), shape)])).text


def test_nan_and_infinity_are_named() -> None:
    text = Reader(result(np.array([1.0, 2.0]), np.array([np.nan, -np.inf]))).text
    assert f"{MARK} nan" in text
    assert f"{MARK} -inf" in text


def test_what_is_too_large_is_left_out_and_said() -> None:
    text = Reader(argument_tables(example().arguments)).text
    assert "not shown for its size" in text
