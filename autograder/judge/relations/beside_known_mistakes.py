"""Known mistakes of the rubric that explain some of the results, or all with a relation on top."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.core.compare import tolerance
from autograder.core.records import CheckKind
from autograder.core.vectors import selected
from autograder.homework.key import CheckKey, MistakeKey
from autograder.judge.evidence import Evidence
from autograder.judge.relations import axes, factors
from autograder.judge.relations.case import Case, Relation, Search, same
from autograder.judge.relations.collect import cases_of, different_calls, right_at

__all__ = ["TWO_THINGS", "beside_a_mistake", "known_mistakes_of"]


def _make_cases(
    check: CheckKey, evidence: Evidence, mistake: MistakeKey, calls: Sequence[int]
) -> list[Case]:
    """Return the cases with a known mistake's results instead of the right ones."""
    pool, right = mistake.results[evidence.phase], right_at(evidence, check)

    def expected(call: int) -> Any:
        wrong = pool.at(call)
        if wrong is None:
            return right(call)
        is_single = isinstance(wrong, tuple) and len(wrong) == 1
        return selected(wrong[0], check.select) if is_single else None

    return cases_of(check, evidence, expected, calls=calls)


def known_mistakes_of(
    check: CheckKey, evidence: Evidence, cases: Sequence[Case]
) -> dict[str, list[Relation]]:
    """Return, by result, the known mistakes that give it.

    A mistake counts where all results that it spoils are wrong just so: then its sentence, which
    speaks of them together, is true.
    """
    wrong = {case.label: case for case in cases if case.shows}
    known: dict[str, list[Relation]] = {case.label: [] for case in cases}
    calls = {case.in_order[0].call.number for case in wrong.values()}
    for mistake in evidence.key.mistakes:
        first = _make_cases(check, evidence, mistake, sorted(calls))
        if not any([case.label in wrong and not case.shows for case in first]):
            continue
        of_mistake = _make_cases(check, evidence, mistake, check.calls)
        if [case.label for case in of_mistake] != [case.label for case in cases]:
            continue
        pairs = zip(of_mistake, cases, strict=True)
        spoilt = [given for given, case in pairs if _is_spoilt(given, case)]
        if all([given.label in wrong and _is_given(given) for given in spoilt]):
            for given in spoilt:
                known[given.label].append(Relation(mistake.name, mistake.sentence))
    return known


def _is_given(case: Case) -> bool:
    """Tell whether a case has what it should, the numbers as well where the shape is compared."""
    return not case.shows and _has_numbers(case)


def _has_numbers(case: Case) -> bool:
    return not case.by_shape or case.holds(lambda example: example.is_got(example.right))


def _find_missing_axis(case: Case) -> Relation | None:
    """Find an axis that is missing, or too many, of the numbers that a mistake gives."""
    return axes.axis_missing(case) if _has_numbers(case) else None


#: How a sentence about two begins. A mistake that is two things already is not joined by a third.
TWO_THINGS = "Two things:"

#: What can be the matter beside a known mistake, by kind of check.
BESIDE: dict[str, tuple[Search, ...]] = {
    CheckKind.VALUES: (
        factors.opposite_sign,
        factors.one_length,
        factors.constant_factor,
        axes.transposed,
    ),
    CheckKind.SHAPE: (_find_missing_axis, axes.transposed),
}


def _is_spoilt(given: Case, case: Case) -> bool:
    """Tell whether a mistake's results are not the right ones."""
    pairs = [(g.right, e.right) for g, e in zip(given.examples, case.examples, strict=True)]
    if case.by_shape:
        return any([wrong.shape != right.shape for wrong, right in pairs])
    if any([wrong.size != right.size for wrong, right in pairs]):
        return True
    spoilt, right = [Case.flat(side) for side in zip(*pairs, strict=True)]
    return not same(spoilt, right, *tolerance("float64")).all()


def beside_a_mistake(
    check: CheckKey, evidence: Evidence, wrong: Sequence[Case]
) -> tuple[MistakeKey, Relation, list[Case]] | None:
    """Return a known mistake, what came back's relation to it, and the results that show it."""
    number = wrong[0].in_order[0].call.number
    likely = [
        mistake
        for mistake in evidence.key.mistakes
        if not mistake.sentence.startswith(TWO_THINGS)
        and any([mistake.results[evidence.phase].of[call] >= 0 for call in check.calls])
        and _is_likely(_make_cases(check, evidence, mistake, [number]))
    ]
    for mistake in likely:
        related = [
            case for case in _make_cases(check, evidence, mistake, check.calls) if case.shows
        ]
        if not _is_seen(check, evidence, mistake):
            continue
        relation = _find_shared(related, BESIDE[check.kind])
        if relation is not None:
            return mistake, relation, related
    return None


def _is_seen(check: CheckKey, evidence: Evidence, mistake: MistakeKey) -> bool:
    """Tell whether a mistake changes the result of two calls, where there are two."""
    calls = different_calls(evidence, check.calls)
    changed = [call for call in calls if mistake.results[evidence.phase].of[call] >= 0]
    return len(changed) >= min(2, len(calls))


def _find_shared(cases: Sequence[Case], searches: Sequence[Search]) -> Relation | None:
    """Return the one relation that explains all cases."""
    if not cases or not all([case.is_shown for case in cases]):
        return None
    for search in searches:
        found = {search(case) for case in cases}
        if len(found) == 1 and None not in found:
            return found.pop()
    return None


def _is_likely(cases: Sequence[Case]) -> bool:
    """Tell quickly whether the numbers can be a mistake's, but for order and one factor."""
    return bool(cases) and all([_is_proportional(case) for case in cases])


def _is_proportional(case: Case) -> bool:
    if case.by_shape or not case.is_aligned:
        return case.is_aligned
    got, given = np.sort(np.abs(case.got)), np.sort(np.abs(case.right))
    squares = (got @ got) * (given @ given)
    return bool(abs((got @ given) ** 2 - squares) <= 1e-3 * squares)
