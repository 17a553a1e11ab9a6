"""Where nothing explains a wrong value, what was compared is said: each sentence is a fact."""

from typing import Any

import numpy as np
import pytest
from wrong_functions import (
    AFFINE,
    COMPOSE,
    FORWARD,
    GELU,
    GRADIENTS,
    LOGITS,
    PREDICT,
    SOFTMAX,
    after,
    evidence_of,
    judged,
    likely,
    noise,
    outcomes,
    right,
)

from autograder.core.message import Label
from autograder.core.records import CheckResult, Report, Status
from autograder.grading.audience import for_students
from autograder.homework.key import Key
from autograder.homework.settings import Feedback
from autograder.judge.messages import mark_carried
from autograder.judge.verdicts import judge_check
from autograder.outputs.html.fragments import message_html
from autograder.outputs.report_json import write_message
from autograder.outputs.text import message_lines


def compared(result: CheckResult) -> str:
    """Return what a message says was compared."""
    return " ".join([row.said for row in result.message.find(Label.COMPARED)])


PARTS = (
    *("separability", "activations", "forward", "softmax_ce"),
    *("relu_backward", "updates", "embeddings"),
)


@pytest.mark.parametrize("part", PARTS)
def test_no_wrong_value_goes_without_a_sentence(key: Key, part: str) -> None:
    kinds = {check.id: check.kind for check in key.checks}
    for name in [name for name in key.functions if name.startswith(f"{part}.")]:
        for result in judged(key, name, noise(name)).values():
            if kinds[result.id] == "values":
                assert result.status == Status.FAILED
                assert compared(result) or likely(result) or result.message.find(Label.TO_DO)


def test_a_training_that_nothing_explains_gets_a_sentence(key: Key) -> None:
    """It is told how many calls are right, and what these have in common."""
    name = "train.train"
    function = key.functions[name]
    made = outcomes(function, "public", right(name))
    for call, outcome in enumerate(made):
        if function.named_arguments("public", call)["epochs"] > 1:
            params, losses = outcome.value  # type: ignore[union-attr]
            made[call] = type(outcome)((params, (losses[0] * 7 + 1, losses[1])))  # type: ignore
    evidences = {(name, "public"): evidence_of(function, "public", made)}
    (check,) = [c for c in key.checks if c.id == f"{name}.losses"]
    said = compared(judge_check(check, key, evidences))
    assert said.startswith("No known mistake gives this.")
    assert said.endswith("calls are right: those where epochs is at most 1.")


def test_simple_changes_are_ruled_out(key: Key) -> None:
    said = compared(judged(key, AFFINE, noise(AFFINE))["values"])
    assert (
        "A different sign, an extra factor, an added constant or another order of the numbers"
        " does not explain all of it." in said
    )
    assert "None of the 14 calls is right." in said


def test_nothing_is_ruled_out_of_labels_and_no_number_is_right_by_chance(key: Key) -> None:
    """Who returns probabilities for labels is told what kind of numbers belong there."""
    wrong = after(PREDICT, lambda r: np.where(np.arange(r.size) % 4, np.sin(r + 1.0) + 0.01, r))
    result = judged(key, PREDICT, wrong)["values"]
    said = compared(result) + likely(result)
    assert "does not explain" not in said
    assert "numbers are right" not in said
    assert "Whole numbers belong here, and numbers with decimals came back." in said


def flipped(r: np.ndarray) -> np.ndarray:
    return r * np.where(np.arange(r.size).reshape(r.shape) % 3, 1, -1)


def unsorted(r: np.ndarray) -> np.ndarray:
    return r.ravel()[np.random.default_rng(r.size).permutation(r.size)].reshape(r.shape)


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (flipped, "sign"),
        (lambda r: r * np.cos(r.sum()), "factor"),
        (lambda r: r + np.cos(r.sum()), "constant"),
        (unsorted, "order"),
    ],
)
def test_what_the_numbers_allow_is_not_ruled_out(key: Key, change: Any, kept: str) -> None:
    """Each of these is of its kind in every call, though no relation says so."""
    result = judged(key, AFFINE, after(AFFINE, change))["values"]
    said = compared(result)
    assert result.mistake is None
    words = {"sign", "factor", "constant", "order"}
    assert {word for word in words if word in said} == words - {kept}


def test_the_results_that_are_right_are_listed(key: Key) -> None:
    def wrong(f: Any, H: Any, b_H: Any, U: Any, b_U: Any) -> Any:
        k, h, z, o = right(FORWARD)(f, H, b_H, U, b_U)
        return k, h, np.sin(7 * z) + z**2, o

    said = compared(judged(key, FORWARD, wrong)["values"])
    assert "k, h and o are right in all calls, z is not." in said


def test_the_result_that_is_wrong_first_where_others_follow_is_named(key: Key) -> None:
    def wrong(f: Any, H: Any, b_H: Any, U: Any, b_U: Any) -> Any:
        k, h, z, o = right(FORWARD)(f, H, b_H, U, b_U)
        spoilt = np.sin(7 * k) + k**2 + 2
        return spoilt, (h if len(f) == 1 else np.sin(h + spoilt)), z, o

    said = compared(judged(key, FORWARD, wrong)["values"])
    assert "calls that are wrong, only k is: look at how it is made." in said

    def all_alike(f: Any, H: Any, b_H: Any, U: Any, b_U: Any) -> Any:
        k, h, z, o = right(FORWARD)(f, H, b_H, U, b_U)
        return np.sin(7 * k) + k**2 + 2, np.sin(h + 5) + 3, z, o

    assert "only k" not in compared(judged(key, FORWARD, all_alike)["values"])


def test_zeros_that_all_right_calls_have_are_named(key: Key) -> None:
    def wrong(W0: Any, b0: Any, W1: Any, b1: Any) -> Any:
        W, b = right(COMPOSE)(W0, b0, W1, b1)
        return W, b + W.sum(axis=0) ** 2 + W[0]

    said = compared(judged(key, COMPOSE, wrong)["values"])
    assert "calls are right: those where W0 is all zeros." in said
    assert "W is right in all calls, b is not." in said


def test_a_length_that_all_right_calls_have_is_named(key: Key) -> None:
    def wrong(x: Any, W: Any, b: Any) -> Any:
        return x @ W + b + (np.cos(9 * (x @ W)) + 2 if x.shape[1] > 2 else 0)

    said = compared(judged(key, AFFINE, wrong)["values"])
    assert "calls are right: those where p is at most 2." in said


def test_the_place_of_all_right_numbers_is_named(key: Key) -> None:
    said = compared(judged(key, GELU, lambda x: x**3 * np.cos(x) / 5)["values"])
    assert "numbers are right, all of them where x is 0." in said


def test_a_row_that_is_always_right_is_named(key: Key) -> None:
    def wrong(o: Any, y: Any) -> Any:
        dz = right(LOGITS)(o, y)
        dz[1:] = np.where(dz[1:] < 0.4, np.cos(9 * dz[1:]), dz[1:])
        return dz if len(dz) > 1 else np.cos(9 * dz)

    said = compared(judged(key, LOGITS, wrong)["values"])
    assert "The first row is right in every call that has several." in said


def test_of_labels_no_sign_and_no_factor_is_spoken_of(key: Key) -> None:
    wrong = after(PREDICT, lambda labels: (labels + 1 + np.arange(len(labels)) // 2) % 2)
    said = compared(judged(key, PREDICT, wrong)["values"])
    assert said
    assert "explain it" not in said


def test_calls_of_the_right_shape_are_counted(key: Key) -> None:
    wrong = after(SOFTMAX, lambda o: o if o.shape[1] == 2 else np.zeros((o.size, 2, o.size)))
    result = judged(key, SOFTMAX, wrong)["shape"]
    assert "calls are of the right shape: those where m is 2." in compared(result)


def test_nothing_is_compared_where_a_cause_or_advice_is_known(key: Key) -> None:
    named = judged(key, SOFTMAX, after(SOFTMAX, np.negative))["values"]
    advised = judged(key, GRADIENTS, lambda f, h, dk, dz: None)["values"]
    assert (likely(named) != "", compared(named)) == (True, "")
    assert (len(advised.message.find(Label.TO_DO)), compared(advised)) == (1, "")


def test_it_is_shown_by_every_output_and_kept_from_students_of_hidden_checks(key: Key) -> None:
    results = judged(key, AFFINE, noise(AFFINE))
    public, hidden = results["values"], results["hidden"]
    words = "does not explain all of it"
    assert words in message_html(public)
    assert words in write_message(public.message)
    assert words in " ".join([line.strip() for _, line in message_lines(public, 200)])
    assert words in compared(hidden)
    report = Report((public, hidden), 100_00, {}, is_finished=True)
    shown = for_students(report, Feedback())
    assert [bool(compared(check)) for check in shown.checks] == [True, False]


def test_a_check_that_keeps_its_points_says_nothing_of_it(key: Key) -> None:
    message = judged(key, AFFINE, noise(AFFINE))["values"].message
    assert not mark_carried(message, "fix that first").find(Label.COMPARED)
