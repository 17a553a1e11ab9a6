"""Shapes are said in the letters of a function's own docstring."""

from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.compiler.written_shapes import list_any_shape, rename_letters
from autograder.homework.key import Key, read_key

DRAWN = {"x": "n d", "W": "d v", "scale": "", "count": "=n", "more": {"H": "d v"}}
DOCSTRING = """Do it.

    Parameters
    ----------
    x : np.ndarray, shape (n, p), float64
        Rows.
    W : np.ndarray, shape (p, q), float64
        Weights, of shape (d, v) elsewhere.

    Returns
    -------
    x : np.ndarray, shape (n, z), float64
    """


def test_letters_are_those_of_the_docstring() -> None:
    assert rename_letters(DRAWN, DOCSTRING.partition("Returns")[0]) == {
        "x": "n p",
        "W": "p q",
        "scale": "",
        "count": "=n",
        "more": {"H": "p q"},
    }


@pytest.mark.parametrize(
    "docstring",
    [
        "",
        "x : np.ndarray, any shape, float64",
        "x : np.ndarray, shape (n, p, q), float64",  # another number of axes
        "x : np.ndarray, shape (n, p)\nW : np.ndarray, shape (q, v)",  # d has two names
        "x : np.ndarray, shape (n, p)\nW : np.ndarray, shape (p, n)",  # n has two meanings
        "x : np.ndarray, shape (n, v)",  # which W has for another length
        "y : np.ndarray, shape (n, p), float64",
        "x : np.ndarray, shape (n, 3), float64",
        "x is an array of shape (n, p)",
    ],
)
def test_where_a_docstring_gives_no_letters_they_stay(docstring: str) -> None:
    assert rename_letters(DRAWN, docstring) == DRAWN


def test_a_result_does_not_rename_an_argument_that_has_its_name() -> None:
    assert rename_letters(DRAWN, DOCSTRING)["x"] == "n p"


def test_any_shape_has_no_letters() -> None:
    said = "x : np.ndarray, any shape, float64\nW : np.ndarray, shape (d, v)"
    assert list_any_shape({"x": "n d", "W": "d v"}, said) == ("x",)


def shapes_of(key: Key, name: str) -> Any:
    return key.functions[name].shown_shapes


def test_a_key_has_the_letters_that_students_read(answer_keys: dict[str, Path]) -> None:
    full_key = read_key(answer_keys["full"])
    assert shapes_of(full_key, "separability.affine") == {"x": "t p", "W": "p q", "b": "1 q"}
    assert shapes_of(full_key, "activations.tanh") == {}
    assert shapes_of(full_key, "forward.softmax") == {"z": "t m"}
