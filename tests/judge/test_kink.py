"""A convention at a kink is looked at alone, and charged once."""

import dataclasses
from typing import Any

import numpy as np
from judging import NOT_STARTED, THERE, check_of, function_key, known, leaf, run_of

from autograder.core.records import (
    CheckResult,
    FileState,
    Raised,
    Status,
)
from autograder.homework.key import FunctionKey, Key, Segment
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import judge_check
from autograder.outputs.report_json import write_message

K = np.array([[0.0, 1.0], [-1.0, 0.0]])
DH = np.array([[5.0, 6.0], [7.0, 8.0]])
BACK_RIGHT, BACK_OTHER = leaf(DH * (K >= 0)), leaf(DH * (K > 0))
GRAD_RIGHT, GRAD_OTHER = leaf((K >= 0) * 1.0), leaf((K > 0) * 1.0)
BACK = function_key([(DH, K)], [[BACK_RIGHT]], name="back.back", parameters=("dh", "k"))
GRAD = function_key(
    [(K + 0.5,), (K,)], [[leaf([[1.0, 1.0], [0.0, 1.0]])], [GRAD_RIGHT]], name="act.grad"
)


def kink(
    back: Any,
    grad: Any,
    *,
    grad_elsewhere: Any = ((1.0, 1.0), (0.0, 1.0)),
    grad_key: FunctionKey = GRAD,
    calls: tuple[int, ...] = (0,),
) -> CheckResult:
    """Judge the convention that two functions share."""
    members = (
        {"function": "back.back", "calls": (0,), "at": (K == 0,), "wrong": (BACK_OTHER[0],)},
        {"function": "act.grad", "calls": (1,), "at": (K == 0,), "wrong": (GRAD_OTHER[0],)},
    )
    data = {
        "members": members,
        "misconception": "zero-at-zero",
        "sentence": "It is 1 there.",
        "halfway": ("half-at-zero", "It is not the mean."),
    }
    check = check_of("kink", BACK, data=data, calls=calls)
    values = check_of("values", GRAD, calls=(0,))
    key = Key("", "full", {}, {"back.back": BACK, "act.grad": grad_key}, (check, values))
    back_file = FileState(functions={"back": THERE})
    grad_file = FileState(functions={"grad": THERE})
    other = NOT_STARTED if grad is NOT_STARTED else leaf(grad_elsewhere)
    return judge_check(
        check,
        key,
        {
            ("back.back", "public"): Evidence(BACK, "public", back_file, run_of([back])),
            ("act.grad", "public"): Evidence(grad_key, "public", grad_file, run_of([other, grad])),
        },
    )


def test_the_notes_convention_passes() -> None:
    assert kink(BACK_RIGHT, GRAD_RIGHT).status == Status.PASSED


def test_the_kink_looks_at_the_entries_that_differ_alone() -> None:
    elsewhere = leaf(np.where(K == 0, DH, 99.0))
    assert kink(elsewhere, GRAD_RIGHT).status == Status.PASSED


def test_the_other_convention_is_charged_once_wherever_it_is_found() -> None:
    for back, grad, place in (
        (BACK_OTHER, GRAD_OTHER, "back.py, back"),
        (BACK_OTHER, GRAD_RIGHT, "back.py, back"),
        (BACK_RIGHT, GRAD_OTHER, "act.py, grad"),
    ):
        result = kink(back, grad)
        assert (result.status, result.mistake) == (Status.FAILED, "zero-at-zero")
        assert (result.id, result.function) == ("back.back.kink", "back.back")
        assert "likely     It is 1 there." in write_message(result.message)
        assert f"look at    {place};" in write_message(result.message)


def test_another_function_is_not_charged_before_it_is_right_otherwise() -> None:
    assert kink(BACK_RIGHT, GRAD_OTHER, grad_elsewhere=K).status == Status.PASSED
    assert kink(BACK_RIGHT, NOT_STARTED).status == Status.PASSED


def test_the_first_function_has_to_be_started() -> None:
    result = kink(Raised("NotImplementedError", "", (), "back.back"), GRAD_RIGHT)
    assert result.status == Status.NOT_STARTED


def test_a_third_value_at_the_kink_is_wrong_but_is_not_the_other_convention() -> None:
    result = kink(leaf(np.where(K == 0, DH / 3, BACK_RIGHT[0])), GRAD_RIGHT)
    assert (result.status, result.mistake) == (Status.FAILED, None)
    assert "likely" not in write_message(result.message)


def test_the_mean_of_two_conventions_has_a_name_of_its_own() -> None:
    half = leaf(np.where(K == 0, 0.5, GRAD_RIGHT[0]))
    for back, grad in (
        (leaf(np.where(K == 0, DH / 2, BACK_RIGHT[0])), half),
        (BACK_RIGHT, half),
    ):
        result = kink(back, grad)
        assert (result.status, result.mistake) == (Status.FAILED, "half-at-zero")
        assert "likely     It is not the mean." in write_message(result.message)


def test_zeros_everywhere_are_not_the_other_convention() -> None:
    result = kink(leaf(np.zeros((2, 2))), GRAD_RIGHT)
    assert (result.status, result.mistake) == (Status.FAILED, None)


def test_the_row_that_is_wrong_at_the_kink_is_shown() -> None:
    half_right = BACK_RIGHT[0].copy()
    half_right[1, 1] = 0.0
    message = write_message(kink(leaf(half_right), GRAD_RIGHT).message)
    assert "expected   row 1 = [0, 8]\ngot        row 1 = [0, 0]" in message


def test_a_result_of_another_kind_is_wrong_at_the_kink() -> None:
    for value in (None, "a str", (BACK_RIGHT, BACK_RIGHT), leaf([1.0])):
        assert kink(value, GRAD_RIGHT).status == Status.FAILED


def test_shape_and_type_cost_nothing_at_the_kink() -> None:
    flat = leaf(BACK_RIGHT[0].ravel(), "float32")
    assert kink(flat, leaf(GRAD_RIGHT[0], "int64")).status == Status.PASSED


def test_mistakes_of_one_function_are_not_tried_on_anothers_calls() -> None:
    """The check's calls are those of its own function; the other one may have fewer."""
    third = leaf(np.where(K == 0, 0.3, GRAD_RIGHT[0]))
    mistakes = Segment.of((known("total", [GRAD_RIGHT, GRAD_RIGHT]),))
    key = dataclasses.replace(GRAD, raw_mistakes=mistakes)
    result = kink(BACK_RIGHT, third, grad_key=key, calls=(0, 2))
    assert (result.status, result.mistake) == (Status.FAILED, None)
