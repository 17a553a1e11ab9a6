"""A message is a record until an output prints it; a place in it has its name where it is read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.core.message import Label, Message, Place, Row, Snippet
from autograder.core.records import Line, Raised, Status
from autograder.intake.notebook.modules import Places
from autograder.outputs.report_json import write_message

NOTEBOOK = Place("", is_in_notebook=True)
PLACES = Places(
    (1, 4),
    (replace(NOTEBOOK, cell=2), replace(NOTEBOOK, cell=5)),
    {"forward.softmax": replace(NOTEBOOK, cell=5), "forward": NOTEBOOK},
)
LOOK_AT = Row(Label.LOOK_AT, "", Place("forward.py", "softmax"), ", softmax; notes section 1.3")
SNIPPET = Snippet("forward", "softmax", ("z = 1", "o = softmax(z)"), ("z", "o"))
MESSAGE = Message(
    (
        Row(Label.CALLED, "softmax(z)"),
        Row(Label.AT, "", Place("forward.py", line=5), ": return z +", caret="       ^"),
        Row(Label.LIKELY, "forward.py line 5 is not meant here."),
        LOOK_AT,
    ),
    SNIPPET,
)


def lines(message: Message) -> list[str]:
    return write_message(message).split("\n")


def test_a_text_is_as_wide_as_it_always_was() -> None:
    rows = (Row(Label.CALLED, "f(x)"), Row(Label.INPUT, "x = 1\ny = 2"))
    assert write_message(Message(rows, Snippet("a", "f", ("print(f(1))",)))) == (
        "called     f(x)\n"
        "input      x = 1\n"
        "           y = 2\n"
        "see it     run this in the folder of your files:\n"
        "import numpy as np\n"
        "from a import f\n"
        "print(f(1))"
    )


def test_a_check_that_passed_says_nothing() -> None:
    assert write_message(Message()) == ""


def test_a_message_about_files_names_files() -> None:
    assert lines(MESSAGE) == [
        "called     softmax(z)",
        "at         forward.py line 5: return z +",
        "                                     ^",
        "likely     forward.py line 5 is not meant here.",
        "look at    forward.py, softmax; notes section 1.3",
        "see it     run this in the folder of your files:",
        "import numpy as np",
        "from forward import softmax",
        "z = 1",
        "o = softmax(z)",
    ]


def test_the_same_message_about_a_notebook_names_cells_and_imports_nothing() -> None:
    raised = PLACES.located(Raised("E", "", (Line("forward.py", 5, "return z +"),)))
    assert isinstance(raised, Raised)
    assert str(raised.lines[0].place) == "cell 5, line 2"
    shown = lines(PLACES.locate(MESSAGE))
    assert "look at    cell 5, softmax; notes section 1.3" in shown
    assert "see it     run this in a new cell at the end:" in shown
    assert not any([line.startswith("from forward") for line in shown])
    assert "likely     forward.py line 5 is not meant here." in shown  # a sentence is no place


def test_placing_a_message_twice_changes_nothing() -> None:
    once = PLACES.locate(MESSAGE)
    assert PLACES.locate(once) == once


def test_a_function_without_a_cell_is_somewhere_in_the_notebook() -> None:
    row = Row(Label.LOOK_AT, "", Place("forward.py", "other"), ", other")
    assert lines(PLACES.locate(Message((row,)))) == ["look at    the notebook, other"]


def test_a_kernel_has_its_own_names_for_cells_and_says_what_is_overwritten() -> None:
    def call_it(place: Place) -> Place:
        return Place(place.file, place.function, place.line, place.cell, True, "cell [17]")

    placed = PLACES.locate(MESSAGE).with_places(call_it)
    shown = lines(placed.for_notebook(["z", "x"]))
    assert "look at    cell [17], softmax; notes section 1.3" in shown
    assert (
        "see it     run this in a new cell at the end, then the cell again that gives z its value:"
        in shown
    )
    both = placed.for_notebook(["o", "z"]).snippet
    assert both is not None
    assert both.where.endswith("gives z, o their values")


def test_a_caret_stays_below_its_letter_wherever_the_line_is_said_to_be() -> None:
    for place in (Place("a.py", line=3), Place("a.py", "", 3, 12, True)):
        row = Row(Label.AT, "", place, ": x = (1", caret="    ^")
        first, second = lines(Message((row,)))
        assert first[second.index("^")] == "("


@given(st.text(alphabet="ab:{} \nforwad.py"))
def test_no_text_of_a_students_is_taken_for_a_place(text: str) -> None:
    message = Message((Row(Label.GOT, text), LOOK_AT))
    assert PLACES.locate(message).rows[0] == message.rows[0]


def test_a_smaller_call_takes_the_place_of_the_call_and_of_nothing_else() -> None:
    """What an example of its own finds knows neither the cause nor what to fix first."""
    first = Row(Label.FIRST, "forward calls separability.affine: fix it first")
    old = PLACES.locate(MESSAGE).with_row(first)
    small = Message((Row(Label.CALLED, "softmax(z)"), Row(Label.INPUT, "z = 0"), LOOK_AT), SNIPPET)
    found = old.shown_by(small)
    shown = lines(PLACES.locate(found))
    assert "input      z = 0" in shown
    assert not any([line.startswith("at ") for line in shown])
    assert shown.count("look at    cell 5, softmax; notes section 1.3") == 1
    assert "first      forward calls separability.affine: fix it first" in shown
    assert "likely     forward.py line 5 is not meant here." in shown


@pytest.mark.parametrize("fact", [Status.NOT_STARTED, Label.TIME_LIMIT])
def test_a_fact_is_its_word_in_every_kind_of_text(fact: Status | Label) -> None:
    assert f"{fact}" == str(fact) == "%s" % fact == "".join([fact]) == fact.value  # noqa: UP031
    assert f"{fact:<14}|" == f"{fact.value:<14}|"
