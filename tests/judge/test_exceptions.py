"""What to do about an exception is said where its cause shows, and nowhere else.

Each line is run, so that the words are those of this Python and this numpy; those of other versions
are written out.
"""

import math
import re
from typing import Any

import numpy as np
import pytest

from autograder.core.records import Line, Raised
from autograder.judge.exceptions import _OF_TWO, advise_by_words

GIVEN: dict[str, Any] = {
    "np": np,
    "math": math,
    "x": np.ones((2, 3)),
    "y": np.array([0, 2]),
    "listed": [1.0, 2.0],
    "by_name": {"a": np.ones(2)},
    "nothing": None,
    "helper": lambda: None,
    "number": 3,
}


def told(kind: str, message: str, line: str = "") -> str:
    """Return what is said of an exception with a line of the student's."""
    lines = (Line("a.py", 1, line),) if line else ()
    return advise_by_words(Raised(kind, message, lines))


def advice(line: str) -> str:
    """Run a line, and return what is said of the exception that it raises."""
    try:
        exec(line, dict(GIVEN))
    except Exception as error:
        return told(type(error).__name__, str(error), line)
    pytest.fail(f"{line} raises nothing")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("r = np.tanh(x) ^ 2", "a power is written with **"),
        ("r = 2.5 ^ 2", "a power is written with **"),
        ("r = -log(x)", "write np.log(...)"),
        ("r = exp(-x) / 2", "write np.exp(...)"),
        ("r = zeros((2, 3))", "write np.zeros(...)"),
        ("r = x.exp()", "np.exp(...)"),
        ("r = x.append(1)", "only lists have append"),
        ("r = x[0, 0].append(1)", "only lists have append"),
        ("r = np.max(0, x)", "use np.maximum(a, b)"),
        ("r = np.max(x, 0.0)", "use np.maximum(a, b)"),
        ("r = np.min(1.0, x * 2)", "use np.minimum(a, b)"),
        ("r = np.concatenate(x, x)", "put the parts into one list"),
        ("r = np.hstack(x, x)", "put the parts into one list"),
        ("r = math.exp(x)", "np.exp takes whole arrays"),
        ("r = math.erf(x)", "np.vectorize(math.erf)(x)"),
        ("r = 1 + math.erf(x / math.sqrt(2))", "math.erf takes a single number"),
        ("r = float(x)", "x.astype(float)"),
        ("r = max(0, x)", "need a single truth value"),
        ("r = len(x)[0]", "this is a single number"),
        ("r = x[0, 0][1]", "this is a single number"),
        ("r = x.sum[0]", "call a function with ( )"),
        ("r = zip(x, x)[0]", "make a list of it first, with list(...): a zip"),
        ("for i in number: pass", "range(n)"),
        ("a, b = number", "this is one value"),
        ("r = np.zeros(2, 3)", "np.zeros((rows, columns))"),
        ("r = np.ones((2.0, 3))", "divide integers with //"),
        ("r = by_name - by_name", "there is no arithmetic on dicts"),
        ("r = 0.1 * by_name", "there is no arithmetic on dicts"),
        ("r = np.exp(helper)", "stands here without being called"),
        ("r = x / np.sum", "stands here without being called"),
        ("r = x.shape()", "shape is no function"),
        ("r = x.sum(dim=1)", "axis= and keepdims="),
        ("r = np.sum(x, axes=1)", "none of them is axes"),
        ("r = (x > 0) - (x < 0)", "True and False can't be subtracted"),
        ("r = x > 0 & x < 1", "each side needs its brackets"),
        ("r = x + 'a'", "one of them is text"),
        ("r = nothing + 1", "something here is None"),
        ("r = x.detach()", "belongs to PyTorch's tensors"),
        ("r = math.exp(1000.0)", "exp of more than 709"),
        ("r = x @ 2.0", "a single number is multiplied with *"),
    ],
)
def test_the_cause_of_an_exception_is_said(line: str, says: str) -> None:
    assert says in advice(line)


@pytest.mark.parametrize(
    ("line", "never"),
    [
        ("r = listed ^ 2", "np.maximum"),
        ("r = logarithm(x)", "np.log"),  # numpy has no such function
        ("r = log + 1", "write np.log"),  # a variable, which nothing calls
        ("r = len(nonsense)", "np."),
        ("r = x.summ()", "as a function"),
        ("r = x.summ()", "only lists"),
        ("r = range(4)[y] + np.max(x)", "np.maximum"),
        ("r = np.max(listed[y], axis=0)", "np.maximum"),
        ("r = range(4)[y]", "one list"),
        ("r = float(x) if True else math.exp(1)", "np.vectorize"),
        ("r = math.sqrt(number) * math.exp(x)", "math.sqrt"),  # either may be meant
        ("r = [0][x[0, 0]]", "single number, which has no entries"),
        ("r = helper[0]", "single number, which has no entries"),
        ("r = x.T(1)", "leave out the ( )"),  # a * may be missing
        ("r = listed - 1", "dicts"),
        ("r = helper(1)", "axis="),
    ],
)
def test_another_cause_of_similar_words_is_not_taken_for_it(line: str, never: str) -> None:
    assert never not in advice(line)


@pytest.mark.parametrize(
    ("kind", "message", "line", "says"),
    [
        (
            "TypeError",
            "only length-1 arrays can be converted to Python scalars",  # numpy before 2.4
            "return math.exp(-x)",
            "np.exp takes whole arrays",
        ),
        (
            "NameError",
            "name 'log' is not defined. Did you mean: 'slog'?",
            "return -log(o)",
            "write np.log(...)",
        ),
        ("NameError", "name 'math' is not defined. Did you forget to import 'math'?", "", "import"),
        (
            "TypeError",
            "sum() got an unexpected keyword argument 'axes'. Did you mean 'axis'?",  # from 3.13
            "return x.sum(axes=1)",
            "none of them is axes",
        ),
        (
            "AttributeError",
            "`np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.",
            "return x.astype(np.float_)",
            "write np.float64",
        ),
        (
            "AttributeError",
            "module 'numpy' has no attribute 'int'. `np.int` was a deprecated alias",
            "return x.astype(np.int)",
            "write int alone",
        ),
        (
            "AttributeError",
            "'NoneType' object has no attribute 'append'",
            "losses = losses.append(loss)",
            "write losses.append(...) alone",
        ),
    ],
)
def test_the_words_of_other_versions_are_known(
    kind: str, message: str, line: str, says: str
) -> None:
    assert says in told(kind, message, line)


FULL = "memory is full of what was kept before"


def test_memory_that_ends_while_appending_is_a_loop_without_end() -> None:
    assert told("MemoryError", "", "losses.append(loss)").startswith(FULL)


def test_memory_that_ends_for_a_small_array_is_full_of_others() -> None:
    small = "Unable to allocate 48.0 B for an array with shape (2, 3) and data type float64"
    assert told("MemoryError", small, "loss = np.exp(z)").startswith(FULL)


def test_a_large_array_is_no_loop_without_end() -> None:
    large = "Unable to allocate 7.28 TiB for an array with shape (1000000, 1000000)"
    said = told("MemoryError", large, "kept.append(np.zeros((n, n)))")
    assert "an array is far larger than needed" in said
    assert "loop" not in said


def test_none_from_a_helper_is_not_blamed_on_append() -> None:
    said = told("AttributeError", "'NoneType' object has no attribute 'append'", "kept.append(1)")
    assert said.startswith("something here is None")


def test_without_the_students_line_only_the_general_sentence_is_said() -> None:
    said = told("TypeError", "only integer scalar arrays can be converted to a scalar index")
    assert said.startswith("one whole number is needed here")
    assert "np.log" not in told("NameError", "name 'log' is not defined")


def test_what_nothing_is_known_of_gets_no_advice() -> None:
    assert told("StrangeError", "whatever", "raise StrangeError") == ""


@pytest.mark.parametrize("call", ["np.max(z, axis=1)", "np.max(z,axis=1)", "np.max(z, 1)"])
def test_an_axis_is_no_second_value(call: str) -> None:
    assert not re.search(_OF_TWO, f"labels[{call}]")
    assert re.search(_OF_TWO, "np.max(z, other)")
