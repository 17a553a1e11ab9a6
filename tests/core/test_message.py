"""A message's text and its rows say the same, whatever a student's text looks like."""

from hypothesis import given
from hypothesis import strategies as st

from autograder.core.message import IN_FOLDER, IN_NOTEBOOK, SEE_IT, Message

#: As the judge's are: short, without blanks at the end.
LABELS = st.sampled_from(["called", "input", "expected", "got", "time limit", "likely", "look at"])

#: What `autograder.core.text.clean` leaves; also with lines that look like a message's own.
TEXTS = st.lists(
    st.sampled_from(["", "x", "  y", "likely     z", f"{SEE_IT}{IN_FOLDER}:", "see it", "a  b "]),
    min_size=1,
).map("\n".join)

MESSAGES = st.builds(
    Message, st.lists(st.tuples(LABELS, TEXTS), min_size=1).map(tuple), st.sampled_from(["", "f()"])
)


def test_python_for_a_notebook_is_told_from_the_rows() -> None:
    message = Message((("called", "f(x)"),), "f(1)", IN_NOTEBOOK)
    assert Message.parse(str(message)) == message
    assert "see it     run this in a new cell at the end:\nf(1)" in str(message)


@given(MESSAGES)
def test_a_text_is_read_back_as_the_rows_that_it_was_written_from(message: Message) -> None:
    assert Message.parse(str(message)) == message


@given(st.text(alphabet="ab \n"))
def test_any_text_is_a_message(text: str) -> None:
    words = [word for row in Message.parse(text).rows for part in row for word in part.split()]
    assert "".join(words) == "".join(text.split())


def test_a_text_is_as_wide_as_it_always_was() -> None:
    message = Message((("called", "f(x)"), ("input", "x = 1\ny = 2")), "print(f(1))")
    assert str(message) == (
        "called     f(x)\n"
        "input      x = 1\n"
        "           y = 2\n"
        "see it     run this in the folder of your files:\n"
        "print(f(1))"
    )


def test_a_row_is_added_above_the_code() -> None:
    text = str(Message((("called", "f(x)"),), "f(1)").with_row("first", "mend g"))
    assert text.split("\n")[1] == "first      mend g"


def test_rows_are_left_out_and_found_by_their_label() -> None:
    message = Message((("called", "f(x)"), ("likely", "a"), ("likely", "b")))
    assert message.texts("likely") == ("a", "b")
    assert message.without({"likely"}).rows == (("called", "f(x)"),)
