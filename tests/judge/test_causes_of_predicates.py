"""What is wrong with the values of a function is said where a predicate sees the same results."""

from typing import Any

import numpy as np
import pytest
from wrong_functions import evidence_of, judged_outcomes

from autograder.core.records import CallOutcome, ExplainedBy, Returned, Status
from autograder.homework.key import Key, MistakeKey

TRAIN = "train.train"


def known_mistake(key: Key, name: str) -> MistakeKey:
    return next(m for m in key.functions[TRAIN].mistakes if m.name == name)


def outcomes_of(key: Key, mistake: MistakeKey) -> list[CallOutcome]:
    """Return what a training with this mistake gives, and the right result where it has none."""
    function = key.functions[TRAIN]
    wrong, expected = mistake.results["public"], function.expected["public"]
    evidence = evidence_of(function, "public", [])
    made: list[CallOutcome] = []
    for call in range(function.counts["public"]):
        results = wrong.at(call) if wrong.of[call] >= 0 else None
        if results is not None:
            made.append(Returned(results[0]))
        elif expected.of[call] >= 0:
            made.append(Returned(evidence.right(call, ()).example))
    return made


@pytest.mark.parametrize("name", ["averaged-twice", "output-layer-updated-first"])
def test_one_order_is_seen_under_a_known_mistake(key: Key, name: str) -> None:
    mistake = known_mistake(key, name)
    results = judged_outcomes(key, TRAIN, {"public": outcomes_of(key, mistake)})
    assert results["values"].mistake == name
    shuffling = results["shuffling"]
    assert (shuffling.status, shuffling.mistake) == (Status.FAILED, "never-reshuffled")
    assert shuffling.explained_by == ExplainedBy.RELATION


def test_what_gives_one_result_of_the_shuffling_otherwise_is_not_its_cause(key: Key) -> None:
    mistake = known_mistake(key, "averaged-twice")
    made = outcomes_of(key, mistake)
    (check,) = [c for c in key.checks if c.id == f"{TRAIN}.shuffling"]
    made[check.calls[-1]] = Returned(shift(made[check.calls[-1]].value))  # type: ignore[union-attr]
    result = judged_outcomes(key, TRAIN, {"public": made})["shuffling"]
    assert result.status == Status.FAILED
    assert result.mistake != "averaged-twice"


def shift(value: Any) -> Any:
    """Return a result with all its numbers moved."""
    if isinstance(value, dict):
        return {name: shift(item) for name, item in value.items()}
    if isinstance(value[0], np.ndarray):
        return value[0] + 0.125, value[1]
    return tuple([shift(item) for item in value])
