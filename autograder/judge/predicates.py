"""Predicates for questions with many right answers; each returns a finding, None where all is well.

A rubric names a predicate as the kind of a check: one of these, or one that its homework has in a
``predicates.py`` of its own, which imports what it needs from here. They compute with the student's
numbers alone, which are checked to be finite and of the right sizes first.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import find_difference, is_leaf, is_same_answer, result_name
from autograder.core.records import Status
from autograder.core.vectors import selected, vector_of
from autograder.homework.key import CheckKey, MistakeKey
from autograder.judge.evidence import Evidence, Finding, find_whole_problem, obstacle_finding

__all__ = [
    "PREDICATES",
    "CheckKey",
    "Evidence",
    "Finding",
    "Status",
    "is_same_answer",
    "read_numbers",
]

Predicate = Callable[[CheckKey, Evidence], Finding | None]


def read_numbers(check: CheckKey, evidence: Evidence, call: int) -> Finding | dict[str, np.ndarray]:
    """Return a call's arrays by name, in the shapes asked for, or what is wrong with them."""
    obstacle = obstacle_finding(evidence, call)
    if obstacle is not None:
        return obstacle
    right = evidence.right(call, check.select)
    got = evidence.wanted_result(call, check.select)
    names = selected(evidence.key.names, check.select)
    vector = vector_of(got)
    difference = find_whole_problem(evidence, call, check.select) or find_difference(
        got, right.example, names=names, values=False
    )
    if vector is None or vector.forms != right.forms or difference is not None:
        return Finding(Status.FAILED, call, difference=difference, got="another structure")
    if not np.isfinite(vector.numbers).all():
        return Finding(Status.FAILED, call, expected="finite numbers", got="nan or infinity")
    return _by_name(got, right.example, names)


def _by_name(got: Any, right: Any, names: Any) -> dict[str, np.ndarray]:
    """Return the arrays by the names of one result, of several in a row, or of a dict's keys."""
    if is_leaf(right):
        return {result_name(names): got[0].astype(np.float64).reshape(right[0].shape)}
    if isinstance(right, dict):
        return {key: got[key][0].astype(np.float64).reshape(right[key][0].shape) for key in right}
    named: dict[str, np.ndarray] = {}
    for of_one in zip(got, right, names, strict=True):
        named |= _by_name(*of_one)
    return named


def repeats_with_the_seed(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require calls with the same arguments to give the same numbers."""
    for first, second in check.data["same"]:
        for call in (first, second):
            obstacle = obstacle_finding(evidence, check.calls[call])
            if obstacle is not None:
                return obstacle
        if vector_of(evidence.result(check.calls[first])) is None:
            return _values_missing(check, evidence, check.calls[first])
        results = [evidence.result(check.calls[call]) for call in (first, second)]
        if not is_same_answer(*results):
            return _not_repeated(check.calls[second])
    return None


def _values_missing(check: CheckKey, evidence: Evidence, call: int) -> Finding:
    names = selected(evidence.key.names, check.select)
    right, got = evidence.right(call, check.select), evidence.wanted_result(call, check.select)
    difference = find_whole_problem(evidence, call, check.select) or find_difference(
        got, right.example, names=names, values=False
    )
    return Finding(Status.FAILED, call, difference=difference, got="no arrays of numbers")


def _not_repeated(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="the same result as the call before with the same seed",
        got="another result",
        mistake="not-reproducible",
        sentence="The random numbers do not come from a generator made with the given seed.",
    )


def reshuffles(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require the order to change between epochs for some seed, and to repeat with the seed.

    The check says which parameter counts the epochs: ``needs={"rounds": ...}``.
    """
    first_of: dict[bytes, int] = {}
    found: list[tuple[int, ...] | None] = []
    mistake = None
    if any([evidence.match(call, check.select) is None for call in check.calls]):
        mistake = next((m for m in evidence.key.mistakes if evidence.explains(m, check)), None)
    for call in check.calls:
        obstacle = obstacle_finding(evidence, call)
        if obstacle is not None:
            return obstacle
        arguments = encode(evidence.key.arguments(evidence.phase, call))
        same = first_of.setdefault(arguments, call)
        results = [selected(evidence.result(c), check.select) for c in (same, call)]
        if vector_of(results[0]) is None:
            return _values_missing(check, evidence, call)
        if not is_same_answer(*results):
            return _not_repeated(call)
        found.append(_orders(check, evidence, call, mistake))
    if any([orders is not None and len(set(orders)) > 1 for orders in found]):
        return None
    if None in found:
        return _unrecognized(check.calls[0])
    several = _several(check, evidence)
    results = [selected(evidence.result(call), check.select) for call in several]
    is_one = len(results) > 1 and all([is_same_answer(results[0], other) for other in results])
    # The first order that is listed is that of the items as they came.
    by_call = dict(zip(check.calls, found, strict=True))
    is_sorted = not any([any(by_call[call] or ()) for call in several])
    return (_one_order if is_one and not is_sorted else _never_reshuffled)(check.calls[0])


def _several(check: CheckKey, evidence: Evidence) -> list[int]:
    """Return the calls with more than one epoch."""
    rounds = check.data["rounds"]
    named = {call: evidence.key.named_arguments(evidence.phase, call) for call in check.calls}
    return [call for call in check.calls if named[call][rounds] > 1]


def _orders(
    check: CheckKey, evidence: Evidence, call: int, mistake: MistakeKey | None
) -> tuple[int, ...] | None:
    """Return the number of each epoch's order; right results are listed two for each.

    They are seen under a known mistake, too: what else is wrong does not hide the shuffling.
    """
    count = evidence.right(call, check.select).count // 2
    match = evidence.match(call, check.select)
    number = None if match is None else match // 2
    if number is None and mistake is not None:
        number = _order_under(mistake, check, evidence, call, count)
    if number is None:
        return None
    rounds = evidence.key.named_arguments(evidence.phase, call)[check.data["rounds"]]
    choices = round(count ** (1 / rounds))
    return tuple([number // choices**epoch % choices for epoch in range(rounds)])


def _order_under(
    mistake: MistakeKey, check: CheckKey, evidence: Evidence, call: int, count: int
) -> int | None:
    """Return which of `count` orders leads to the result under a mistake, if it is one alone."""
    wrong = mistake.results[evidence.phase].at(call)
    if not isinstance(wrong, tuple) or len(wrong) not in (count, 2 * count):
        return None
    got = selected(evidence.result(call), check.select)
    same = [is_same_answer(got, selected(other, check.select)) for other in wrong]
    numbers = {place * count // len(wrong) for place, is_same in enumerate(same) if is_same}
    return numbers.pop() if len(numbers) == 1 else None


def _unrecognized(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="the parameters that some order of the items leads to",
        got="parameters that no order leads to: the shuffling can't be seen",
        is_unseen=True,
    )


def _never_reshuffled(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="a new order of the items in each epoch",
        got="the same order in every epoch, for every seed",
        mistake="never-reshuffled",
        sentence="The items are shuffled only once or not at all; every epoch needs a new order.",
    )


def _one_order(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="a new order of the items in each epoch, and another one for another seed",
        got="one and the same order in every epoch, for every seed",
        mistake="seed-ignored",
        sentence=(
            "The order does not come from random numbers that begin with the given seed and go on"
            " from epoch to epoch."
        ),
    )


PREDICATES: dict[str, Predicate] = {
    "repeats_with_the_seed": repeats_with_the_seed,
    "reshuffles": reshuffles,
}
