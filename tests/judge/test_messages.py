"""A message says what happened in the words that the judge promises."""

from typing import Any

import numpy as np
import pytest
from judging import (
    FACTS,
    MEAN,
    SECRET,
    TOTAL,
    X,
    changed,
    column,
    function_key,
    judged,
    known,
    leaf,
    mean_key,
    run_of,
)

from autograder.core.codec import encode
from autograder.core.records import (
    CheckResult,
    Ending,
    FunctionRun,
    Line,
    Raised,
    Report,
    Returned,
    Status,
)
from autograder.grading.audience import for_students
from autograder.homework.settings import Feedback
from autograder.outputs.report_json import write_message


def test_a_message_has_its_lines_in_order() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    assert write_message(judged("values", TOTAL, key=key).message) == (
        "called     mean(x)\n"
        "input      x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        "expected   row 0 = [4338, 2]\n"
        "got        row 0 = [8676, 4]\n"
        "likely     It is total.\n"
        "look at    tiny.py, mean; notes section 1.3\n"
        "see it     run this in the folder of your files:\n"
        "import numpy as np\n"
        "from tiny import mean\n"
        "x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        'print("got", mean(x))\n'
        'print("expected", np.array([[4338.0, 2.0]]))'
    )


def test_the_input_of_a_message_can_be_pasted() -> None:
    calls = [({"H": np.array([[0.5]]), "U": np.array([[1, 2]])}, np.array([0, 1]), 0.1)]
    key = function_key(calls, [[leaf([1.0])]], parameters=("params", "y", "lr"))
    lines = write_message(judged("values", [leaf([2.0])], key=key).message).split("\n")
    given: dict[str, Any] = {}
    shown = [line[11:] for line in lines[1:4]]
    exec("\n".join(shown), {"np": np}, given)
    assert encode((given["params"], given["y"], given["lr"])) == encode(calls[0])


def test_an_exception_is_shown_with_the_students_own_lines() -> None:
    lines = tuple([Line("tiny.py", n, f"line {n}") for n in (3, 5, 8)])
    raised = Raised("ValueError", "no\x1b[31m\nmatch at 0x7f0011223344", lines)
    result = judged("values", [raised] * 2)
    assert result.status == Status.ERROR
    assert write_message(result.message) == (
        "called     mean(x)\n"
        "input      x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        "raised     ValueError: no\n"
        "           match at 0x...\n"
        "at         tiny.py line 5: line 5\n"
        "at         tiny.py line 8: line 8\n"
        "look at    tiny.py, mean; notes section 1.3\n"
        "see it     run this in the folder of your files:\n"
        "import numpy as np\n"
        "from tiny import mean\n"
        "x = np.array([[8675.5, 1.0], [0.5, 3.0]])\n"
        "print(mean(x))"
    )


def test_a_message_without_end_is_cut() -> None:
    raised = Raised("E" * 10_000, "x" * 10_000, (Line("f" * 9000, 1, "t" * 9000),))
    assert len(write_message(judged("values", [raised] * 2).message)) < 2000


def test_the_wrong_row_is_shown() -> None:
    right = leaf([[1.0, 2.0], [3.0, 4.0]])
    key = function_key([(X[0],)], [[right]])
    message = write_message(judged("values", [leaf([[1.0, 2.0], [3.0, 5.0]])], key=key).message)
    assert "expected   row 1 = [3, 4]\ngot        row 1 = [3, 5]" in message


FINDINGS = {
    "wrong": run_of([leaf([[SECRET, SECRET]])] * 2),
    "total": run_of(TOTAL),
    "nothing": run_of([None, None]),
    "text": run_of([f"a {SECRET}"] * 2),
    "shape": run_of(changed(MEAN, np.ravel)),
    "raised": run_of([Raised("Boom8675", f"x was {SECRET}", (Line("tiny.py", 8675, "x[0]"),))] * 2),
    "timeout": FunctionRun((), Ending(Status.TIMEOUT, f"at {SECRET}")),
    "crashed": FunctionRun((), Ending(Status.CRASHED, f"at {SECRET}")),
    "to do": run_of([Raised("NotImplementedError", str(SECRET), (), "tiny.mean")] * 2),
    "to do elsewhere": run_of([Raised("NotImplementedError", str(SECRET), (), "t.other")] * 2),
    "changed": run_of([Returned(TOTAL[0], changed=(0,))] * 2),
}


def for_a_student(result: CheckResult, *, names: bool = True) -> CheckResult:
    """Return what a student sees of a check."""
    report = Report((result,), 100_00, {}, is_finished=True)
    return for_students(report, Feedback(name_hidden_mistakes=names)).checks[0]


@pytest.mark.parametrize("name", FINDINGS)
@pytest.mark.parametrize("kind", FACTS)
def test_of_a_hidden_check_students_see_no_number_and_no_exception(kind: str, name: str) -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    result = for_a_student(judged(kind, FINDINGS[name], key=key, visibility="hidden"))
    if result.status == Status.PASSED:
        assert write_message(result.message) == ""
        return
    *lines, place = write_message(result.message).split("\n")
    assert place == "look at    tiny.py, mean"
    assert not any([character.isdigit() for line in lines for character in line])
    assert "Boom" not in write_message(result.message)
    assert "np.array" not in write_message(result.message)
    assert "8675" not in (result.mistake or "")


@pytest.mark.parametrize("name", FINDINGS)
@pytest.mark.parametrize("kind", FACTS)
def test_of_a_hidden_check_staff_see_what_students_see_of_a_public_one(
    kind: str, name: str
) -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    hidden = judged(kind, FINDINGS[name], key=key, visibility="hidden")
    public = judged(kind, FINDINGS[name], key=key)
    assert column(write_message(hidden.message)) == column(write_message(public.message))
    assert (hidden.status, hidden.mistake) == (public.status, public.mistake)


def test_a_hidden_check_shows_its_input_to_staff() -> None:
    result = judged("values", TOTAL, visibility="hidden")
    assert column(write_message(result.message))[:4] == ["called", "input", "expected", "got"]


def test_students_see_the_name_of_a_hidden_checks_mistake_where_that_is_allowed() -> None:
    key = mean_key(mistakes=[known("total", TOTAL)])
    result = judged("values", TOTAL, key=key, visibility="hidden")
    assert result.mistake == "total"
    shown = for_a_student(result)
    assert (shown.mistake, column(write_message(shown.message))) == (
        "total",
        ["inputs", "mistake", "look at"],
    )
    shown = for_a_student(result, names=False)
    assert (shown.mistake, column(write_message(shown.message))) == (
        None,
        ["inputs", "look at"],
    )


def test_students_see_all_of_a_public_check() -> None:
    result = judged("values", TOTAL)
    assert for_a_student(result) == result


@pytest.mark.parametrize(
    ("right", "got", "says"),
    [
        (
            [1.0, 2e-17, 3.0],
            [1.0, -4e-18, 4.0],
            "expected   row 0 = [1, 0, 3]\ngot        row 0 = [1, 0, 4]",
        ),
        ([1.0, -0.0], [2.0, -0.0], "expected   row 0 = [1, 0]\ngot        row 0 = [2, 0]"),
        ([1e-12, 0.0, 1.0], [1e-12, 1e-8, 1.0], "got        row 0 = [1e-12, 1e-08, 1]"),
        ([1e-12, 2e-12, 1e-8], [1e-12, 3e-12, 4e-8], "expected   row 0 = [1e-12, 2e-12, 1e-08]"),
        ([1e10, 0.0], [1e10, 1e-8], "got        row 0 = [1e+10, 1e-08]"),
        ([1.0, 1e-17], [np.nan, np.inf], "expected   row 0 = [1, 0]"),
    ],
)
def test_rounding_noise_is_shown_as_zero_and_nothing_else_is(
    right: Any, got: Any, says: str
) -> None:
    key = function_key([(X[0],), (X[0],)], [[leaf([right])]] * 2)
    assert says in write_message(judged("values", [leaf([got])] * 2, key=key).message)
