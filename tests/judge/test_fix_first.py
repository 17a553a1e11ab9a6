"""A failing check names the functions to fix first."""

import dataclasses

from autograder.core.message import Label, Message, Row
from autograder.core.records import (
    CheckResult,
    Status,
)
from autograder.judge.carried import fix_first


def result_of(function: str, *, kind: str = "values", status: str = Status.FAILED) -> CheckResult:
    """Return a check's result."""
    part = function.partition(".")[0]
    name = f"{function}.{kind}"
    return CheckResult(
        name, part, function, kind, status, 0, 100, "public", Message(), None, kind=kind
    )


USES = {"c.train": ("b.forward",), "b.forward": ("a.relu", "a.softmax"), "a.relu": ()}


def advice(*failing: CheckResult, uses: dict[str, tuple[str, ...]] = USES) -> str:
    """Return what is said about train."""
    train = dataclasses.replace(result_of("c.train"), id="c.train.other")
    *_, advised = fix_first([*failing, train], uses, {})
    (*_, row) = (Row(Label.FIRST, ""), *advised.message.find(Label.FIRST))
    return row.said


def test_the_functions_to_mend_first_follow_the_calls_all_the_way() -> None:
    sentence = "train calls a.relu, which fails its own checks: fix it first"
    assert advice(result_of("a.relu")) == sentence


def test_several_functions_are_listed_nearest_first() -> None:
    failing = [result_of(name) for name in ("a.softmax", "a.relu", "b.forward")]
    assert advice(*failing) == (
        "train calls b.forward, a.relu and a.softmax, which fail their own checks: fix them first"
    )


def test_nothing_is_said_about_what_is_not_called_or_is_right() -> None:
    assert advice(result_of("a.other"), result_of("c.train")) == ""
    assert advice(result_of("a.relu", status=Status.PASSED)) == ""


def test_the_convention_at_the_kink_explains_nothing_above() -> None:
    assert advice(result_of("a.relu", kind="kink")) == ""


def test_a_convention_explains_nothing_above_whatever_its_check_is_called() -> None:
    named = dataclasses.replace(result_of("a.relu", kind="kink"), id="a.relu.at_zero")
    assert advice(named) == ""
    other = dataclasses.replace(result_of("a.relu"), id="a.relu.kink")
    assert advice(other) != ""


def test_functions_that_call_each_other_come_to_an_end() -> None:
    uses = {"c.train": ("a.one",), "a.one": ("a.two",), "a.two": ("a.one", "c.train")}
    assert "calls a.two, which fails" in advice(result_of("a.two"), uses=uses)
