"""The call behind a failed check is kept as arrays, as small as the message says it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import submission_corpus as corpus
from page_submissions import bad

from autograder.core.message import Label
from autograder.core.records import CheckResult, Example, Report, Status
from autograder.grading.grade import grade
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import Key, read_key
from autograder.intake.take_in import take_in
from autograder.judge.examples import MAX_NUMBERS
from autograder.outputs.report_json import to_json
from autograder.supervisor.spawn import spawning

Judged = Callable[[str], dict[str, CheckResult]]


def judged(submission: Path, key: Key) -> Report:
    with spawning() as spawner:
        taken = take_in(submission, spawner.workspace / "submission", wanted=key.files)
        return grade(taken, key, spawner, public_only=True)


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    return read_key(answer_keys["full"]).with_predicates(
        load_predicates(Homework.here().predicates_path)
    )


@pytest.fixture(scope="module")
def report(key: Key, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a submission with many mistakes."""
    return judged(bad(tmp_path_factory.mktemp("bad") / "hw"), key)


@pytest.fixture(scope="module")
def checks(report: Report) -> dict[str, CheckResult]:
    return {check.id: check for check in report.checks}


def example_of(checks: dict[str, CheckResult], name: str) -> Example:
    example = checks[name].example
    assert example is not None
    return example


def arrays(example: Example) -> list[np.ndarray]:
    held: list[Any] = [argument.value for argument in example.arguments]
    for result in example.results:
        held += [result.expected, result.got, result.wrong]
    return [array for array in held if isinstance(array, np.ndarray)]


def test_exactly_the_checks_that_made_a_call_and_did_not_pass_have_one(report: Report) -> None:
    for check in report.checks:
        called = [row.said for row in check.message.find(Label.CALLED)]
        assert (check.example is not None) == bool(called)
        if check.status == Status.PASSED:
            assert check.example is None
        if check.example is not None:
            assert check.example.call == called[0]


def test_wrong_values_are_held_beside_the_right_ones(checks: dict[str, CheckResult]) -> None:
    example = example_of(checks, "activations.tanh_grad.values")
    (x,) = example.arguments
    # By its docstring, it may have any shape: no letter is said of it.
    assert (x.name, x.letters, x.shape) == ("x", "", x.value.shape)  # type: ignore[union-attr]
    (result,) = example.results
    assert result.expected is not None
    assert np.allclose(result.expected, 1 - np.tanh(x.value) ** 2)  # type: ignore[arg-type]
    assert result.got is not None
    assert result.wrong is not None
    assert result.wrong.any()
    near = np.isclose(result.got, result.expected, rtol=1e-6, atol=1e-9)
    assert (result.wrong.reshape(near.shape) == ~near).all()


def test_only_the_results_that_differ_are_held(checks: dict[str, CheckResult]) -> None:
    example = example_of(checks, "updates.batch_gradients.values")
    labels = [result.label for result in example.results]
    assert labels
    assert set(labels) < {"dH", "db_H", "dU", "db_U"}


def test_a_call_that_raised_has_its_arguments_alone(checks: dict[str, CheckResult]) -> None:
    example = example_of(checks, "separability.compose_affine.values")
    assert [argument.name for argument in example.arguments] == ["W0", "b0", "W1", "b1"]
    assert example.results == ()


def test_a_wrong_type_is_named_without_its_numbers(checks: dict[str, CheckResult]) -> None:
    (result,) = example_of(checks, "activations.sigmoid.dtype").results
    assert (result.expected_type, result.got_type) == ("float64", "float16")
    assert result.got is None


def test_a_changed_argument_needs_no_result(checks: dict[str, CheckResult]) -> None:
    assert example_of(checks, "activations.relu.arguments").results == ()


def test_where_many_answers_are_right_only_what_came_back_is_held(
    checks: dict[str, CheckResult],
) -> None:
    results = example_of(checks, "separability.xor_by_hand.separates").results
    assert [result.label for result in results] == ["W", "b", "w", "c"]
    assert all([result.expected is None for result in results])
    assert all([result.got is not None for result in results])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("returns_none", "nothing came back (None)"),
        ("init_with_an_extra_key", "a key too many: seed"),
    ],
)
def test_what_came_back_instead_of_an_array_is_said(
    key: Key, tmp_path: Path, name: str, said: str
) -> None:
    report = judged(corpus.build(name, tmp_path / "hw"), key)
    remarks = [
        result.remark
        for one in report.checks
        if one.example is not None
        for result in one.example.results
    ]
    assert any([said in remark for remark in remarks])


def test_an_example_is_small(report: Report) -> None:
    for check in report.checks:
        if check.example is not None:
            assert all([array.size <= MAX_NUMBERS for array in arrays(check.example)])


def test_an_example_is_in_no_json(report: Report) -> None:
    assert b"example" not in to_json(report)


def test_results_are_the_same_whatever_their_examples(report: Report) -> None:
    for check in report.checks:
        assert replace(check, example=None) == check
        assert "example" not in repr(check)
