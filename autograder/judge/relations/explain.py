"""Explain a failed check that no known mistake explains: find relations for all that is wrong.

The tables are in order of preference. A check is explained by one relation for all of its wrong
results, or by two; by a known mistake for some of them; or by a known mistake and a relation on top
of it. Whatever is said holds for every call of the check that returned a result.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import arrays_in, is_same_answer
from autograder.core.records import CheckKind, ExplainedBy, Returned, Status
from autograder.homework.key import CheckKey, MistakeKey
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.relations import axes, batch, factors, numbers, place
from autograder.judge.relations.beside_known_mistakes import (
    TWO_THINGS,
    beside_a_mistake,
    known_mistakes_of,
)
from autograder.judge.relations.case import Case, Relation, Search
from autograder.judge.relations.collect import right_cases
from autograder.judge.relations.compared import compare

__all__ = ["explain", "find_turned", "with_relation"]


def find_turned(case: Case) -> Relation | None:
    """Got is the transpose of a multiple of the right result."""
    if not all([e.got.ndim == 2 and e.got.shape == e.right.shape[::-1] for e in case.examples]):
        return None
    case = case.changed(np.transpose)
    for search in (factors.opposite_sign, factors.one_length, factors.constant_factor):
        relation = search(case)
        if relation is not None:
            sentence = f"{relation.sentence}; {axes.TRANSPOSED}"
            return Relation(f"{relation.name}-and-transposed", sentence)
    return None


#: What is wrong with the numbers, everywhere.
NUMBERS: tuple[Search, ...] = (
    numbers.constant,
    numbers.argument_returned,
    factors.opposite_sign,
    factors.one_length,
    numbers.another_result,
    axes.transposed,
    factors.two_lengths,
    factors.constant_factor,
    factors.constant_offset,
    axes.reversed_order,
    axes.off_by_one,
    axes.permuted,
    axes.repeated,
    axes.one_short,
    axes.one_more,
    axes.summed,
    axes.not_summed,
    find_turned,
    numbers.function_of_right,
    numbers.with_argument,
    numbers.clipped,
)

#: Where the numbers are wrong, and how far off they are.
WHERE: tuple[Search, ...] = (
    numbers.approximation,
    numbers.not_whole,
    place.exact_place,
    place.large_numbers,
    place.not_finite,
    place.likely_place,
    batch.for_one_item,
)

#: What is wrong with the shape.
SHAPES: tuple[Search, ...] = (
    axes.axis_missing,
    axes.transposed,
    axes.flattened,
    axes.other_axes,
    numbers.another_result,
    axes.repeated,
    axes.one_short,
    axes.one_more,
    axes.summed,
    axes.not_summed,
    axes.swapped_shape,
)

#: By kind of check: what explains everything, and what is only said where nothing else is found.
TABLES: dict[str, tuple[tuple[Search, ...], tuple[Search, ...]]] = {
    CheckKind.VALUES: (NUMBERS, WHERE),
    CheckKind.SHAPE: (SHAPES, ()),
}

#: What is only wrong for one item is not said where calls with more raise an exception.
ONE_ITEM = "wrong-for-one-item"

#: Relations that need no two wrong examples with numbers to look at.
SINGLE = (batch.for_one_item, place.not_finite)


def with_relation(
    check: CheckKey,
    evidence: Evidence,
    finding: Finding,
    *,
    others: Sequence[CheckKey] = (),
    places: bool = True,
) -> Finding:
    """Return the finding with a relation that explains it, or with what was compared.

    `others` are checks of the same function and kind. What explains one of them is said here as
    well if it explains both together, and nothing is said here that one with more calls denies.
    Without `places`, only what explains all numbers is looked for.
    """
    is_for_us = finding.status == Status.FAILED and finding.may_be_known and not finding.mistake
    if not is_for_us or finding.obstacle is not None or check.kind not in TABLES:
        return finding
    try:
        alike = [other for other in others if _is_alike(check, other)]
        found = _explain_unless_denied(check, evidence, alike)
        if places:
            found = found or _explain_with_others(check, evidence, alike)
            found = found or _explain_unless_denied(check, evidence, alike, places=True)
        compared = compare(check, evidence) if places and found is None else ""
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return finding  # what came back is a stranger's; an explanation is never worth a grade
    if found is None:
        return replace(finding, compared=compared)
    return replace(
        finding,
        mistake=found.name,
        sentence=found.sentence,
        explained_by=ExplainedBy.RELATION,
    )


def _is_alike(check: CheckKey, other: CheckKey) -> bool:
    of_both = (check.visibility, check.select) == (other.visibility, other.select)
    return of_both and check.id != other.id


def _explain_unless_denied(
    check: CheckKey, evidence: Evidence, alike: Sequence[CheckKey], *, places: bool = False
) -> Relation | None:
    """Find what explains a check and what is wrong in the checks that look at more calls."""
    near = [call for other in alike for call in other.calls if _is_finite(evidence, call)]
    found = explain(check, evidence, near=near, places=places)
    larger = [other for other in alike if len(other.calls) > len(check.calls)]
    more = [call for other in larger for call in other.calls if call in near]
    wrong = [call for call in more if evidence.match(call, check.select) is None]
    if found is None or not wrong:
        return found
    joined = replace(check, calls=_join(check.calls, wrong))
    joint = explain(joined, evidence, near=near, places=places)
    return found if joint is not None and joint.name == found.name else None


def _join(calls: Sequence[int], others: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*calls, *others)))


def _is_finite(evidence: Evidence, call: int) -> bool:
    """Tell whether a call returned finite numbers alone: others have a cause of their own."""
    outcome = evidence.outcome(call)
    if not isinstance(outcome, Returned):
        return False
    arrays = [a for a in arrays_in(outcome.value) if a.dtype.kind in "fc"]
    return all([bool(np.isfinite(array).all()) for array in arrays])


def _explain_with_others(
    check: CheckKey, evidence: Evidence, alike: Sequence[CheckKey]
) -> Relation | None:
    """Find what explains another check, and that one and this one together."""
    for other in alike:
        its_own = explain(other, evidence)
        if its_own is not None:
            calls = _join(other.calls, check.calls)
            joint = explain(replace(check, calls=calls), evidence)
            if joint is not None and joint.name == its_own.name:
                return joint
    return None


def explain(
    check: CheckKey, evidence: Evidence, *, near: Sequence[int] = (), places: bool = True
) -> Relation | None:
    """Return what explains everything that is wrong in a check of values or of shapes.

    With `places`, where the numbers are wrong is said, too: of the calls that are `near`,
    in other checks, as well.
    """
    near = tuple(near) if places else ()
    place = ("explained", check.kind, check.select, check.calls, near, places)
    if place not in evidence.memo:
        with np.errstate(all="ignore"):
            evidence.memo[place] = _explain(check, evidence, near, places=places)
    found: Relation | None = evidence.memo[place]
    return found


def _explain(
    check: CheckKey, evidence: Evidence, near: Sequence[int], *, places: bool
) -> Relation | None:
    if check.kind == CheckKind.VALUES:
        again = _compare_repeated_calls(check, evidence)
        if again is not None:
            return Relation(again.name, _make_sentence(again))
    cases = right_cases(check, evidence, calls=check.calls)
    wrong = [case for case in cases if case.shows]
    made = [call for call in check.calls if isinstance(evidence.outcome(call), Returned)]
    if not wrong or len(made) < min(2, len(check.calls)):
        return None
    ordered = _find_order_of_results(cases)
    if ordered is not None:
        return Relation(ordered.name, _make_sentence(ordered))
    if not places:
        return _explain_each(check, evidence, cases, wrong)
    found = explain(check, evidence, places=False)
    if found is not None:
        return found
    place = _find_where(replace(check, calls=_join(check.calls, near)), evidence)
    is_denied = place is not None and place.name == ONE_ITEM and len(made) < len(check.calls)
    return None if is_denied else place


Cover = list[tuple[Relation, list[Case]]]


def _find_cover(
    wrong: Sequence[Case], searches: Sequence[Search], known: dict[str, list[Relation]]
) -> Cover | None:
    """Find one relation, or two, for all that is wrong."""
    if len(wrong) == 1:
        first = next(_find_relations(wrong[0], searches, known), None)
        return None if first is None else [(first, list(wrong))]
    relations = []
    for case in wrong:
        relations.append(list(_find_relations(case, searches, known)))
        if not relations[-1]:
            return None
    for relation in relations[0]:
        if all([relation in others for others in relations]):
            return [(relation, list(wrong))]
    return _find_pair(wrong, relations)


def _find_pair(wrong: Sequence[Case], relations: Sequence[Sequence[Relation]]) -> Cover | None:
    for first in relations[0]:
        rest = [n for n, found in enumerate(relations) if first not in found]
        for second in relations[rest[0]]:
            if all([second in relations[n] for n in rest]):
                others = [case for n, case in enumerate(wrong) if n not in rest]
                return [(first, others), (second, [wrong[n] for n in rest])]
    return None


def _find_relations(
    case: Case, searches: Sequence[Search], known: dict[str, list[Relation]]
) -> Iterator[Relation]:
    """Yield what explains one result, the most telling first."""
    yield from _try_each(case, [search for search in searches if search not in WHERE])
    yield from known[case.label] if case.is_shown else ()
    yield from _try_each(case, [search for search in searches if search in WHERE])


def _try_each(case: Case, searches: Sequence[Search]) -> Iterator[Relation]:
    """Yield the relations that are found; each relation is tried once for a case."""
    for search in searches:
        name = f"cause of {search.__name__}"
        if name not in case.memo:
            is_tried = case.is_shown or search in SINGLE
            case.memo[name] = search(case) if is_tried else None
        if case.memo[name] is not None:
            yield case.memo[name]


def _explain_each(
    check: CheckKey, evidence: Evidence, cases: Sequence[Case], wrong: Sequence[Case]
) -> Relation | None:
    strong, _ = TABLES[check.kind]
    known: dict[str, list[Relation]] = {case.label: [] for case in cases}
    cover = _find_cover(wrong, strong, known)
    if cover is None and len(cases) > 1:
        known = known_mistakes_of(check, evidence, cases)
        cover = _find_cover(wrong, strong, known) if any(known.values()) else None
    if cover is None:
        found = beside_a_mistake(check, evidence, wrong)
        return None if found is None else _say_two_things(*found)
    return _join_relations(cases, cover)


def _find_where(check: CheckKey, evidence: Evidence) -> Relation | None:
    """Find where the numbers are wrong, and how far off they are, where nothing else is known."""
    strong, weak = TABLES[check.kind]
    cases = right_cases(check, evidence, calls=check.calls)
    wrong = [case for case in cases if case.shows]
    if not weak or not wrong:
        return None
    known: dict[str, list[Relation]] = {case.label: [] for case in cases}
    if len(cases) > 1:
        known = known_mistakes_of(check, evidence, cases)
    cover = _find_cover(wrong, (*strong, *weak), known)
    return None if cover is None else _join_relations(cases, cover)


def _join_relations(cases: Sequence[Case], cover: Cover) -> Relation:
    """Put one relation or two into words; each is said of its results where there are several."""
    is_whole = len(cases) == 1 or (len(cover) == 1 and cases[0].is_free)
    sentences = [
        _make_sentence(relation, () if is_whole else [case.label for case in members])
        for relation, members in cover
    ]
    return Relation(_join_names([relation.name for relation, _ in cover]), " ".join(sentences))


def _join_names(names: Sequence[str]) -> str:
    """Return one name of several: two factors are one name."""
    return "-and-".join(dict.fromkeys(names))


def _say_two_things(mistake: MistakeKey, relation: Relation, members: Sequence[Case]) -> Relation:
    labels = [case.label for case in members if case.label and not case.is_free]
    also = _make_sentence(relation, labels).replace(factors.TIMES, "times what that gives")
    name = _join_names([mistake.name, relation.name])
    return Relation(name, f"{TWO_THINGS} {mistake.sentence} And: {also}")


def _make_sentence(relation: Relation, labels: Sequence[str] = ()) -> str:
    """Return what is said of a relation, and of which results."""
    clause = relation.sentence
    if labels:
        listed = f"{', '.join(labels[:-1])} and {labels[-1]}" if labels[1:] else labels[0]
        clause = f"{listed}: {clause}"
    else:
        clause = clause[0].upper() + clause[1:]
    return clause if clause.endswith(".") else f"{clause}."


#: Results that are put in every order; no function of the homework has more.
MAX_RESULTS = 5


def _compare_repeated_calls(check: CheckKey, evidence: Evidence) -> Relation | None:
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
        "the same call gives another result the second time: it uses random numbers, or keeps"
        " something from one call to the next",
    )


def _find_order_of_results(cases: Sequence[Case]) -> Relation | None:
    """Find the order in which all results are right."""
    if not 2 <= len(cases) <= MAX_RESULTS or len({case.count for case in cases}) > 1:
        return None
    rights = [tuple([e.right for e in case.examples]) for case in cases]
    is_right = [
        [_is_given(case, case_rights) for case_rights in rights] for case in cases
    ]  # by what came back, by what belongs there
    orders = [
        order
        for order in itertools.permutations(range(len(cases)))
        if all([is_right[place][other] for place, other in enumerate(order)])
    ]
    wrong = [case for case in cases if case.shows]
    # Of two orders, neither is known to be the one: results may be equal, in all that was tried.
    if len(orders) != 1 or not all([case.is_shown for case in wrong]):
        return None
    came = ", ".join([cases[other].label for other in orders[0]])
    asked = ", ".join([case.label for case in cases])
    return Relation(
        "results-in-another-order",
        f"the results are in another order: {came} come back, but {asked} are expected",
    )


def _is_given(case: Case, rights: Sequence[np.ndarray]) -> bool:
    pairs = list(zip(case.examples, rights, strict=True))
    if case.by_shape and any([e.got.shape != right.shape for e, right in pairs]):
        return False
    return all([e.is_got(right) for e, right in pairs])
