"""Collect the cases of a check: what came back beside what is right, result by result.

What came back is untrusted: it is taken where it has the form that was asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import is_leaf, leaves, tolerance
from autograder.core.records import CheckKind, Returned
from autograder.core.vectors import selected, vector_of
from autograder.homework.key import CheckKey
from autograder.judge.evidence import Evidence
from autograder.judge.relations.case import Call, Case, Example

__all__ = ["cases_of", "different_calls", "right_at", "right_cases"]

#: Numbers in one result that are looked at; a right one has less than a hundred.
MAX_NUMBERS = 4096


def different_calls(evidence: Evidence, calls: Sequence[int]) -> list[int]:
    """Return the calls without those whose arguments an earlier one has."""
    place = ("different calls", *calls)
    if place not in evidence.memo:
        first: dict[bytes, int] = {}
        for call in calls:
            first.setdefault(encode(evidence.key.arguments(evidence.phase, call)), call)
        evidence.memo[place] = list(first.values())
    different: list[int] = evidence.memo[place]
    return different


def right_at(evidence: Evidence, check: CheckKey) -> Callable[[int], Any]:
    """Return the function from a call to its right result, None where there are several."""

    def right(call: int) -> Any:
        answers = evidence.right(call, check.select)
        return answers.example if answers.count == 1 else None

    return right


def right_cases(check: CheckKey, evidence: Evidence, *, calls: Sequence[int]) -> list[Case]:
    """Return the cases beside the right results; what is found in them is kept with them."""
    place = ("cases", check.kind, check.select, *calls)
    if place not in evidence.memo:
        evidence.memo[place] = cases_of(check, evidence, right_at(evidence, check), calls=calls)
    cases: list[Case] = evidence.memo[place]
    return cases


def cases_of(
    check: CheckKey, evidence: Evidence, expected: Callable[[int], Any], *, calls: Sequence[int]
) -> list[Case]:
    """Return a case for each result; none where one call returned something of another form.

    Calls that raised, or were never made, are left out, and so is a call that is made again.
    """
    names = selected(evidence.key.names, check.select)
    rows: dict[str, list[Example]] = {}
    rights: list[dict[str, np.ndarray]] = []
    for call in different_calls(evidence, calls):
        if not isinstance(evidence.outcome(call), Returned):
            continue
        wanted = expected(call)
        if wanted is None or vector_of(wanted) is None:
            return []
        pairs = list(_pair_results(evidence.wanted_result(call, check.select), wanted, names))
        if any([pair is None for pair in pairs]):
            return []
        arguments = evidence.key.arguments(evidence.phase, call)
        given = dict(zip(evidence.key.parameters, arguments, strict=False))
        made_with = Call(call, given, evidence.key.shapes, evidence.key.letters)
        for label, got, right, bounds in filter(None, pairs):
            rows.setdefault(label, []).append(Example(made_with, got, right, bounds))
        rights.append({label: right for label, _, right, _ in filter(None, pairs)})
    is_free = names == {}
    return [
        Case(
            label,
            tuple(row),
            check.kind == CheckKind.SHAPE,
            {} if is_free else _collect_others(label, rights),
            is_free,
        )
        for label, row in rows.items()
    ]


_Pair = tuple[str, np.ndarray, np.ndarray, tuple[float, float]]


def _pair_results(got: Any, expected: Any, names: Any) -> Iterator[_Pair | None]:
    """Yield label, both sides and tolerances of each result; None where they can't be compared."""
    for label, got_leaf, expected_leaf in leaves(got, expected, names=names):
        if not is_leaf(got_leaf) or got_leaf[0].size > MAX_NUMBERS:
            yield None
            return
        array, name = got_leaf
        sides = array.astype(np.float64), expected_leaf[0].astype(np.float64)
        yield label, *sides, tolerance(name)


def _collect_others(
    label: str, rights: Sequence[Mapping[str, np.ndarray]]
) -> dict[str, tuple[np.ndarray, ...]]:
    names = [name for name in rights[0] if name != label]
    return {name: tuple([right[name] for right in rights]) for name in names}
