"""numpy's messages about shapes are put into letters, and the cause is said where it shows."""

from typing import Any

import numpy as np
import pytest

from autograder.core.message import Label
from autograder.judge.shape_errors import shape_rows

SHAPES = {"x": "n p", "w": "p q", "mask": "n p", "y": "n", "ids": "n k", "size": "=q"}
GIVEN: dict[str, Any] = {
    "x": np.ones((4, 3)),
    "w": np.ones((3, 5)),
    "mask": np.ones((4, 3)),
    "y": np.array([0, 2, 1, 6]),
    "ids": np.array([[0, 1], [1, 1], [0, 1], [1, 0]]),
    "size": 5,
}


def rows(line: str, *, is_own: bool = True, right: Any = ((4, 3),)) -> dict[Label, str]:
    """Run a line, and return the rows that are shown for the message that it raises."""
    try:
        exec(line, {"np": np, "o": GIVEN["x"], **GIVEN})
    except (ValueError, IndexError) as error:
        found = shape_rows(str(error), SHAPES, GIVEN, right=right, line=line, is_own=is_own)
        return {row.label: row.said for row in found}
    pytest.fail(f"{line} raises nothing")


def advice(line: str, **more: Any) -> str:
    return rows(line, **more)[Label.TO_DO]


ENTRIES = "both have the same shape: * multiplies them entry by entry"
WRITTEN = "is written in this line, but no axis in this call is"
EITHER = "is written in this line: if it stands for a length"
ONE_EACH = "y has one number for each row"
AXIS_LESS = "one of them has one axis fewer"
ROWS = "picks whole rows"
LARGEST = "bincount, unique and max see only what occurs in y"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("r = x @ mask", ENTRIES),
        ("r = np.dot(x, mask)", ENTRIES),
        ("r = x @ (x > 0)", "the product entry by entry is *"),
        ("r = x - y", ONE_EACH),
        ("r = (y - x) / len(x)", ONE_EACH),
        ("r = x / x.sum(axis=1)", AXIS_LESS),
        ("r = x.reshape(32, -1)", f"32 {WRITTEN}"),
        ("r = x + np.zeros((32, 3))", f"32 {WRITTEN}"),
        ("r = np.zeros((4, 7)) * x", f"7 {WRITTEN}"),
        ("r = np.arange(32)[:, None] * y[:, None][:3]", f"32 {WRITTEN}"),
        ("r = x[np.arange(32), y]", f"32 {WRITTEN}"),
        ("r = np.zeros((4, 2)); r[:] = np.ones((9, 2))", f"9 {WRITTEN}"),
        ("r = o[[np.arange(len(y)), y]]", f"o[[a, b]] {ROWS}"),
        ("r = -np.log(o[[np.arange(len(y)), y]])", f"o[[a, b]] {ROWS}"),
        ("r = x + np.ones((int('3' + '7'), 3))", "no axis in this call is 37 long: if"),
        ("r = np.ones((2, 4)) * x", f"2 {EITHER}"),
        ("r = x + np.zeros((5, 3))", f"5 {EITHER}"),
        ("r = np.ones((5, 4)) @ w", f"4 {EITHER}"),
        ("r = np.dot(np.ones((5, 4)), w)", f"4 {EITHER}"),
        ("r = np.zeros((5, 3)); r[:] = x", f"5 {EITHER}"),
        ("r = [x[i] for i in range(5)]", f"5 {EITHER}"),
        ("r = x[np.arange(3), y[:2] % 3]", f"3 {EITHER}"),
        ("r = [x[i] for i in range(size)]", "is a number written in it?"),
        ("r = x[[y, y]]", f"x[[a, b]] {ROWS}"),
        ("r = np.bincount(y) - w[0]", LARGEST),
        ("r = np.zeros((4, 5)); r[:] = np.eye(y.max() + 1)[y]", LARGEST),
        ("r = x * w", "@ is the matrix product"),
    ],
)
def test_the_cause_is_said_where_shapes_and_line_show_it(line: str, says: str) -> None:
    assert says in advice(line)


@pytest.mark.parametrize(
    ("line", "never"),
    [
        ("r = w @ x", "entry by entry"),  # the order of a product
        ("r = x @ w.T @ x", "entry by entry"),
        ("r = np.dot(w, x)", "entry by entry"),
        ("r = x - x[np.arange(4), y % 3]", ONE_EACH),  # y picks
        ("r = x / x.sum(axis=1) if len(y) else y", ONE_EACH),
        ("r = x - y.mean(axis=0, keepdims=True).repeat(4)", ONE_EACH),
        ("r = x.reshape(4, 2)", WRITTEN),  # 4 is a length of the call
        ("r = x.reshape(len(x) + 28, -1)", WRITTEN),  # 32 is in no line
        ("r = (x ** 32) + np.zeros((len(x) + 1, 3))", WRITTEN),
        ("r = x[y]", ROWS),
        ("r = x[[0, 9]]", ROWS),  # two rows
        ("r = x[:, [y, y]]", ROWS),
        ("r = np.ones((2, 4)) + x", "for which these shapes fit"),
        ("r = np.ones((len(x) * 5, 3)) + x", "no axis in this call is"),
        ("r = np.ones((len(x) + 1, 3)) + x", "no axis in this call is"),
        ("r = x - w[0]", LARGEST),  # 5 is a length of the call
        ("r = x ** 5 - w * 5", EITHER),  # no array is made with it
        ("r = x.mean(axis=1) + np.zeros(5)[:size - 2]", f"4 {EITHER}"),
    ],
)
def test_another_cause_of_the_same_words_is_not_taken_for_it(line: str, never: str) -> None:
    assert never not in advice(line)


def test_a_product_of_two_arguments_is_entry_by_entry_only_where_the_result_has_that_shape() -> (
    None
):
    assert ENTRIES not in advice("r = x @ mask", right=((3, 3),))
    assert "entry by entry" not in advice("r = x @ (x > 0)", right=((3, 3),))


def test_names_in_the_line_of_another_function_mean_nothing() -> None:
    assert ONE_EACH not in advice("r = x - y", is_own=False)
    assert ENTRIES not in advice("r = x @ mask", is_own=False)


def test_of_three_shapes_those_are_named_that_do_not_fit() -> None:
    said = rows("r = np.where(x > 0, x, np.zeros((9, 3)))")[Label.SHAPES]
    assert said.startswith("(n, p) = (4, 3) does not fit (9, p) = (9, 3);")


def test_no_letter_is_guessed_twice_for_one_shape() -> None:
    said = rows("r = np.ones((4, 4)) + w.T")[Label.SHAPES]
    assert said.startswith("(4, 4) does not fit (q, p) = (5, 3);")


def test_a_length_that_is_left_open_is_shown_as_it_was_written() -> None:
    assert "12 numbers do not fit (32, -1);" in rows("r = x.reshape(32, -1)")[Label.SHAPES]
    assert "12 numbers do not fit (-1, 7);" in rows("r = x.reshape(-1, 7)")[Label.SHAPES]


def test_only_arguments_with_letters_are_listed() -> None:
    found = shape_rows(
        "operands could not be broadcast together with shapes (4,3) (2,) ", {}, GIVEN
    )
    assert [row.said for row in found if row.label == Label.SHAPES] == ["(4, 3) does not fit (2,)"]


def test_a_message_about_something_else_has_no_rows() -> None:
    assert shape_rows("division by zero", SHAPES, GIVEN) == []
