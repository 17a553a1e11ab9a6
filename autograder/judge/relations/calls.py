"""Relations between calls and between results: the same call again, results in another order."""

import itertools
from collections.abc import Sequence

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import is_same_answer
from autograder.core.records import Returned
from autograder.homework.key import CheckKey
from autograder.judge.evidence import Evidence
from autograder.judge.relations.case import Case, Relation

__all__ = ["order_of_results", "repeated_calls"]

#: Results that are put in every order; no function of the homework has more.
MAX_RESULTS = 5


def repeated_calls(check: CheckKey, evidence: Evidence) -> Relation | None:
    """Compare the calls of a check that have the same arguments."""
    groups: dict[bytes, list[int]] = {}
    for call in check.calls:
        arguments = encode(evidence.key.arguments(evidence.phase, call))
        groups.setdefault(arguments, []).append(call)
    causes = [_compare_group(calls, check, evidence) for calls in groups.values() if len(calls) > 1]
    return next((relation for relation in causes if relation is not None), None)


def _compare_group(calls: Sequence[int], check: CheckKey, evidence: Evidence) -> Relation | None:
    outcomes = [evidence.outcome(call) for call in calls]
    if not all([isinstance(outcome, Returned) for outcome in outcomes]):
        return None
    is_right = [evidence.match(call, check.select) is not None for call in calls]
    if is_right[0] and not all(is_right):
        return Relation(
            "kept-between-calls",
            "the first call is right, and the same call again later is not: something is kept from"
            " one call to the next, or it depends on random numbers",
        )
    results = [evidence.wanted_result(call, check.select) for call in calls]
    if all(is_right) or all([is_same_answer(results[0], other) for other in results[1:]]):
        return None
    return Relation(
        "differs-from-call-to-call",
        "the same call gives another result the next time: random numbers, or something that is"
        " kept from one call to the next",
    )


def order_of_results(cases: Sequence[Case]) -> Relation | None:
    """Find the order in which all results are right."""
    if not 2 <= len(cases) <= MAX_RESULTS or len({case.count for case in cases}) > 1:
        return None
    rights = [tuple([e.right for e in case.examples]) for case in cases]
    is_right = [
        [_is_given(case, case_rights) for case_rights in rights] for case in cases
    ]  # by what came back, by what belongs there
    for order in list(itertools.permutations(range(len(cases))))[1:]:
        if all([is_right[place][other] for place, other in enumerate(order)]):
            came = ", ".join([cases[other].label for other in order])
            asked = ", ".join([case.label for case in cases])
            return Relation(
                "results-in-another-order",
                f"the results are in another order: {came} come back where {asked} are asked for",
            )
    return None


def _is_given(case: Case, rights: Sequence[np.ndarray]) -> bool:
    pairs = list(zip(case.examples, rights, strict=True))
    if case.by_shape and any([e.got.shape != right.shape for e, right in pairs]):
        return False
    return all([e.is_got(right) for e, right in pairs])
