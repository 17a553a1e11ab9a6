"""Recognize what the solution gives with one change: a term left out, an axis, another function.

The key holds sketches of it (`autograder.core.sketches`). A change is named only if it gives what
the student's function gave on every call of the check, and something wrong wherever that is wrong.
A check that the student's function passes refutes a change that does not. Known mistakes, which
say more, come before.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

import numpy as np

from autograder.core.compare import arrays_in, is_leaf
from autograder.core.records import CallOutcome, CheckKind, ExplainedBy, Returned, Status
from autograder.core.sketches import Sketch, count_leaves, sketch
from autograder.core.vectors import without_extra_keys
from autograder.homework.key import ChangesKey, CheckKey
from autograder.judge.checks import examine
from autograder.judge.evidence import Evidence, Finding

__all__ = ["VAGUE", "Rank", "with_change"]

#: The kinds of checks whose results are recognized.
_KINDS = (CheckKind.VALUES, CheckKind.SHAPE)

#: These say less than a relation does, which comes first.
VAGUE = ("change-brackets", "change-number", "change-result", "change-slice", "change-step")


class Rank(IntEnum):
    """When a change is said: before relations, before those of places, or after all."""

    SINGLE = 0
    PAIR = 1
    VAGUE = 2


def _rank(name: str) -> Rank:
    if name == "two-changes":
        return Rank.PAIR
    return Rank.VAGUE if name in VAGUE else Rank.SINGLE


def with_change(
    check: CheckKey,
    evidence: Evidence,
    finding: Finding,
    *,
    others: Sequence[CheckKey] = (),
    rank: Rank = Rank.SINGLE,
) -> Finding:
    """Return the finding with the change that explains it, if there is one.

    `others` are checks of the same function: a change fits those that pass as well, and of several
    it is the one that explains the most of those that fail. Each `rank` is looked for by itself;
    two changes are not said where one is enough.
    """
    try:
        with np.errstate(all="ignore"):
            return _explain(check, evidence, finding, others, rank)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return finding  # what came back is a stranger's; an explanation is never worth a grade


def _explain(
    check: CheckKey,
    evidence: Evidence,
    finding: Finding,
    others: Sequence[CheckKey],
    rank: Rank,
) -> Finding:
    is_for_us = finding.status == Status.FAILED and finding.may_be_known and not finding.mistake
    if not is_for_us or check.kind not in _KINDS or finding.obstacle is not None:
        return finding
    if check.kind == CheckKind.VALUES and not _has_finite_wrong(check, evidence):
        return finding
    passed, failed = _part_checks([c for c in others if c.id != check.id], evidence)
    fitting = set(_find_fitting(check, evidence))
    for other in passed if fitting else ():
        if _is_recorded(other, evidence):
            fitting &= set(_find_fitting(other, evidence))
    named = {number: evidence.key.name_change(number) for number in sorted(fitting)}
    ranks = {number: _rank(name) for number, (name, _) in named.items()}
    found = [number for number in named if ranks[number] == rank]
    if not found or (rank == Rank.PAIR and {*ranks.values()} != {rank}):
        return finding
    explained = [set(_find_fitting(other, evidence)) for other in failed]
    best = max(found, key=lambda number: sum([number in some for some in explained]))
    name, sentence = named[best]
    by = ExplainedBy.CHANGE
    return replace(finding, mistake=name, sentence=sentence, explained_by=by)


def _has_finite_wrong(check: CheckKey, evidence: Evidence) -> bool:
    """Tell whether some wrong result is all finite: nan comes out of many a formula."""
    wrong = [call for call in check.calls if evidence.match(call, check.select) is None]
    arrays = [arrays_in(_bare(evidence.outcome(call))) for call in wrong]
    return any([all([np.isfinite(array).all() for array in several]) for several in arrays])


def _bare(outcome: CallOutcome | None) -> Any:
    return outcome.value if isinstance(outcome, Returned) else np.array(np.nan)


def _part_checks(
    checks: Sequence[CheckKey], evidence: Evidence
) -> tuple[list[CheckKey], list[CheckKey]]:
    """Return the checks of results in this phase that pass, and the others."""
    ours = [c for c in checks if c.kind in _KINDS and c.visibility == evidence.phase]
    passed = [check for check in ours if examine(check, evidence) is None]
    return passed, [check for check in ours if check not in passed]


def _is_recorded(check: CheckKey, evidence: Evidence) -> bool:
    """Tell whether it is known what changes give on all calls of a check."""
    table = evidence.key.changes.get(evidence.phase)
    return table is not None and table.starts.keys() >= set(check.calls)


def _find_fitting(check: CheckKey, evidence: Evidence) -> list[int]:
    """Return the changes that give the results of all calls of a check, in their order."""
    place = ("changes", check.kind, check.visibility, check.select, check.calls)
    if place not in evidence.memo:
        evidence.memo[place] = _search_table(check, evidence)
    found: list[int] = evidence.memo[place]
    return found


def _search_table(check: CheckKey, evidence: Evidence) -> list[int]:
    table = evidence.key.changes.get(evidence.phase)
    if table is None or check.visibility != evidence.phase:
        return []
    by_shape = check.kind == CheckKind.SHAPE
    fits = np.ones(len(table.numbers), dtype=bool)
    for call in check.calls:
        got = _sketch_result(evidence, call, table)
        if got is None or got.form != table.forms.get(call):
            return []
        kept = _choose_leaves(evidence.right(call, ()).example, check.select)
        columns = table.starts[call] + np.array(kept, dtype=int)
        near = np.abs(table.numbers[:, columns] - got.numbers[kept]) <= got.margins[kept]
        near &= _has_shapes(table, columns, [got.shapes[n] for n in kept], by_shape=by_shape)
        same = near.all(axis=1)
        if same[0] and not by_shape and evidence.match(call, check.select) is None:
            return []  # too little is wrong for a sketch to show it
        fits &= same
    return [int(row) - 1 for row in np.flatnonzero(fits) if row]


def _sketch_result(evidence: Evidence, call: int, table: ChangesKey) -> Sketch | None:
    """Return the sketch of a result, None where no change gives arrays of its sizes."""
    place = ("sketch", call)
    if place not in evidence.memo:
        evidence.memo[place] = None
        if isinstance(evidence.outcome(call), Returned):
            result = without_extra_keys(evidence.result(call), evidence.right(call, ()).example)
            if all([array.size in table.sizes for array in arrays_in(result)]):
                evidence.memo[place] = sketch(result)
    found: Sketch | None = evidence.memo[place]
    return found


def _choose_leaves(example: Any, select: tuple[int, ...]) -> list[int]:
    """Return the places of the arrays that count among all that a result has."""
    items = [example] if is_leaf(example) or isinstance(example, dict) else list(example)
    ends = np.cumsum([0, *map(count_leaves, items)])
    chosen = select or range(len(items))
    return [int(place) for item in chosen for place in range(ends[item], ends[item + 1])]


def _has_shapes(
    table: ChangesKey, columns: np.ndarray, shapes: list[tuple[int, ...]], *, by_shape: bool
) -> np.ndarray:
    """Tell for each row and column whether the result has the wanted shape, or size."""
    wanted = [[other == shape for other in table.shapes] for shape in shapes if by_shape]
    sized = [table.sizes == math.prod(shape) for shape in shapes if not by_shape]
    alike = np.zeros((len(shapes), len(table.shapes) + 1), dtype=bool)
    alike[:, :-1] = wanted or sized
    places = table.layouts[:, columns]  # -1 is the place of the last one, False
    fitting: np.ndarray = alike[np.arange(len(shapes)), places][table.of]
    return fitting
