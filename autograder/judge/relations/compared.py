"""Say what was compared where no cause is known: what does not explain it, and what is right.

Each sentence is a fact about the calls of the check. What is ruled out is ruled out by the numbers,
not by a lack of data; what is right is said of results, calls and rows that were looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.core.records import CheckKind, Phase
from autograder.homework.key import CheckKey
from autograder.judge.evidence import Evidence
from autograder.judge.letters import lengths_of
from autograder.judge.relations.case import Case, Example, same
from autograder.judge.relations.collect import different_calls, right_cases
from autograder.judge.relations.factors import find_factors
from autograder.judge.relations.numbers import has_other_kind
from autograder.judge.relations.place import align_arguments

__all__ = ["compare"]

#: What to do where a call is small enough, and shown.
BY_HAND = "Work out the call above by hand, print what your code has after each step, and compare."

#: Calls of one kind that it takes to tell what they have in common.
FEWEST = 2

#: The same where it is a length, which a few calls may have by chance.
FEWEST_OF_LENGTH = 3

#: Right numbers that it takes to tell where they are.
FEWEST_NUMBERS = 3

#: Wrong calls in which a row has to be right to be told of.
FEWEST_ROWS = 3


def compare(check: CheckKey, evidence: Evidence) -> str:
    """Return what the calls of a check show where nothing explains them; empty for nothing."""
    calls = different_calls(evidence, check.calls)
    with np.errstate(all="ignore"):
        cases = right_cases(check, evidence, calls=calls)
        wrong = [case for case in cases if case.shows]
        said = [*_say_unknown(check, evidence)]
        if check.kind == CheckKind.VALUES:
            is_right = [evidence.match(call, check.select) is not None for call in calls]
            said += [*_rule_out(wrong), *_count_right(evidence, calls, is_right, "right")]
            said += _list_right_results(cases, wrong)
            certain = [c for c in calls if evidence.right(c, check.select).count == 1]
            first = cases or right_cases(check, evidence, calls=certain)
            said += _find_first_wrong(first, is_right.count(False))
            said += _count_numbers(wrong)
            said += [BY_HAND] if evidence.phase == Phase.PUBLIC and not evidence.key.trains else []
        elif cases:
            spoilt = {e.call.number for case in wrong for e in _list_wrong(case)}
            is_right = [call not in spoilt for call in calls]
            said += [*_count_right(evidence, calls, is_right, "of the right shape")]
            said += [*_list_right_results(cases, wrong)]
        return " ".join(said)


def _list_wrong(case: Case) -> list[Example]:
    return [e for e, wrong in zip(case.examples, case.is_wrong, strict=True) if wrong]


def _say_unknown(check: CheckKey, evidence: Evidence) -> Iterator[str]:
    """Say that no known mistake fits, where some were tried on a call of the check."""
    pools = [mistake.results[evidence.phase] for mistake in evidence.key.mistakes]
    if any([pool.of[call] >= 0 for pool in pools for call in check.calls]):
        yield "No known mistake gives this."


def _rule_out(wrong: Sequence[Case]) -> Iterator[str]:
    """Say what alone would not make the results right; nothing where all numbers are whole."""
    if not wrong or not all([case.is_aligned and np.isfinite(case.got).all() for case in wrong]):
        return
    if all([(case.right == np.rint(case.right)).all() for case in wrong]):
        return  # of labels and counts, none of these is a cause
    words = [
        ("a different sign", _has_other_sizes),
        ("an extra factor", lambda case: find_factors(case) is None),
        ("an added constant", _has_other_distances),
        ("another order of the numbers", _has_other_numbers),
    ]
    ruled_out = [said for said, is_so in words if all([is_so(case) for case in wrong])]
    if ruled_out:
        listed = _join(ruled_out, "or")
        yield f"{listed[0].upper()}{listed[1:]} does not explain all of it."


def _has_other_sizes(case: Case) -> bool:
    return not same(np.abs(case.got), np.abs(case.right), *case.bounds).all()


def _has_other_distances(case: Case) -> bool:
    """Tell whether what is too much or too little differs within a call."""
    pairs = [(e.got.ravel() - e.right.ravel(), e.bounds, e.right) for e in case.examples]
    return any([not _is_one_number(*pair) for pair in pairs if pair[0].size])


def _is_one_number(distance: np.ndarray, bounds: tuple[float, float], right: np.ndarray) -> bool:
    relative, absolute = bounds
    largest = float(np.abs(right).max()) + float(np.abs(distance).max())
    return float(np.ptp(distance)) <= 2 * (absolute + relative * largest)


def _has_other_numbers(case: Case) -> bool:
    return any(
        [
            not same(np.sort(e.got.ravel()), np.sort(e.right.ravel()), *e.bounds).all()
            for e in case.examples
        ]
    )


def _count_right(
    evidence: Evidence, calls: Sequence[int], is_right: Sequence[bool], what: str
) -> Iterator[str]:
    """Say how many calls are right, and what they have in common."""
    right, count = sum(is_right), len(calls)
    if count < FEWEST:
        return
    shared = _find_shared(evidence, calls, np.array(is_right)) if right else ""
    verb = "are" if right > 1 else "is"
    yield f"{right or 'None'} of the {count} calls {verb} {what}{shared}."


def _find_shared(evidence: Evidence, calls: Sequence[int], is_right: np.ndarray) -> str:
    """Return what the right calls have in common and no wrong one has, if it is one thing."""
    if min(int(is_right.sum()), int((~is_right).sum())) < FEWEST:
        return ""
    named = [evidence.key.named_arguments(evidence.phase, call) for call in calls]
    found = [
        f"{name} is all zeros" for name, zero in _find_zeros(named) if (zero == is_right).all()
    ]
    few = min(int(is_right.sum()), int((~is_right).sum())) < FEWEST_OF_LENGTH
    measured = [
        _take_whole(one) | ({} if few else lengths_of(evidence.key.shapes, one)) for one in named
    ]
    for name in [name for name in measured[0] if all([name in one for one in measured])]:
        sizes = np.array([float(one[name]) for one in measured])
        of_right, of_wrong = sizes[is_right], sizes[~is_right]
        if np.isin(of_right, of_wrong).any():
            continue
        if np.unique(of_right).size == 1:
            found.append(f"{name} is {of_right[0]:g}")
        elif of_right.max() < of_wrong.min():
            found.append(f"{name} is at most {of_right.max():g}")
    return f": those where {found[0]}" if len(found) == 1 else ""


def _take_whole(named: Mapping[str, Any]) -> dict[str, int]:
    return {n: v for n, v in named.items() if isinstance(v, int) and not isinstance(v, bool)}


def _find_zeros(named: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield in which calls an array of real numbers, or one of a dict, is zero throughout."""
    arrays = [dict(_name_arrays(one)) for one in named]
    for name in [name for name in arrays[0] if all([name in one for one in arrays])]:
        yield name, np.array([not one[name].any() for one in arrays])


def _name_arrays(named: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in named.items():
        if isinstance(value, dict):
            yield from [(f'{name}["{key}"]', array) for key, array in _name_arrays(value)]
        elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
            yield name, value


def _list_right_results(cases: Sequence[Case], wrong: Sequence[Case]) -> Iterator[str]:
    """Say which of several results are right everywhere."""
    right = [case.label for case in cases if not case.shows]
    if right and wrong:
        others = _join([case.label for case in wrong], "and")
        verbs = ["is" if len(some) == 1 else "are" for some in (right, wrong)]
        yield f"{_join(right, 'and')} {verbs[0]} right in all calls, {others} {verbs[1]} not."


def _find_first_wrong(cases: Sequence[Case], count: int) -> Iterator[str]:
    """Say which of several results is the only wrong one in some of the `count` wrong calls."""
    labels: dict[int, list[str]] = {}
    for case in [case for case in cases if case.shows]:
        for example in _list_wrong(case):
            labels.setdefault(example.call.number, []).append(case.label)
    alone = [of_call[0] for of_call in labels.values() if len(of_call) == 1]
    if len(set(alone)) == 1 and len(alone) < count:
        yield (
            f"In {len(alone)} of the {count} calls that are wrong, only {alone[0]} is: look at how"
            " it is made."
        )


def _count_numbers(wrong: Sequence[Case]) -> Iterator[str]:
    """Say which row or column of the one wrong result is always right, or how much of it is."""
    if len(wrong) != 1 or not wrong[0].is_aligned:
        return
    (case,) = wrong
    if has_other_kind(case):
        return  # some are equal by chance
    for name, axis, place in (
        ("first row", 0, 0),
        ("last row", 0, -1),
        ("first column", 1, 0),
        ("last column", 1, -1),
    ):
        if _is_line_right(case, axis, place):
            yield f"The {name} is right in every call that has several."
            return
    right = int((~case.wrong).sum())
    if right:
        verb = "are" if right > 1 else "is"
        of = f" of {case.label}" if case.label and not case.is_free else ""
        yield f"{right} of the {case.wrong.size} numbers{of} {verb} right{_place_right(case)}."


def _place_right(case: Case) -> str:
    """Return where all right numbers are, by the sign of an argument; empty for nowhere known."""
    right, found = ~case.wrong, []
    if right.sum() < FEWEST_NUMBERS:
        return ""
    for name, x in align_arguments(case):
        for word, mask in (("0", x == 0), ("negative", x < 0), ("positive", x > 0)):
            if not (right & ~mask).any() and 2 * right.sum() >= mask.sum():
                found.append(f", all of them where {name} is {word}")
    return found[0] if len(found) == 1 else ""


def _is_line_right(case: Case, axis: int, place: int) -> bool:
    """Tell whether the first or last line is right in each call that has several, and not zero."""
    seen = 0
    for number, (example, wrong) in enumerate(zip(case.examples, case.is_wrong, strict=True)):
        if example.right.ndim != 2:
            return False
        if not wrong or example.right.shape[axis] < FEWEST:
            continue
        at = case.wrong[case.owner == number].reshape(example.right.shape)
        if at.take(place, axis).any():
            return False
        seen += bool(example.right.take(place, axis).any())
    return seen >= FEWEST_ROWS


def _join(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
