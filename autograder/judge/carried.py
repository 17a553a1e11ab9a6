"""Recognize a failure that a mistake in another function explains, so that it is charged once.

A student's function that calls another of theirs is judged a second time, by what the key says that
it comes to under the other one's mistake. If it is right by that, its own part is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.core.compare import arrays_in, is_leaf
from autograder.core.records import (
    CallOutcome,
    CheckKind,
    CheckResult,
    Phase,
    Raised,
    Returned,
    Status,
)
from autograder.core.vectors import selected
from autograder.homework.key import CarriedKey, CheckKey, FunctionKey, Key, Pool
from autograder.judge.checks import examine
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.messages import mark_carried

__all__ = ["carry_forward", "reached_by"]

#: Kinds of check that compare with what the key lists.
COMPARING = (CheckKind.VALUES, CheckKind.SHAPE, CheckKind.DTYPE, "reshuffles")

#: How a result of single precision, or computed from one, is compared.
SINGLE = "float32"


def carry_forward(
    results: Iterable[CheckResult], key: Key, evidences: Mapping[tuple[str, str], Evidence]
) -> list[CheckResult]:
    """Give back the points of checks that fail only by another function's known mistake."""
    results = list(results)
    by_all = _find_explanations(results, results, key, evidences)
    # Whoever is given back is no cause: of two that call each other, none excuses the other.
    charged = [result for result in results if result.id not in by_all]
    entries = _find_explanations(results, charged, key, evidences)
    return [_give_back(r, entries[r.id]) if r.id in entries else r for r in results]


def _find_explanations(
    results: list[CheckResult],
    causes: list[CheckResult],
    key: Key,
    evidences: Mapping[tuple[str, str], Evidence],
) -> dict[str, CarriedKey]:
    """Return, by check, what explains it among the mistakes that `causes` name."""
    checks = {check.id: check for check in key.checks}
    named: dict[str, set[str]] = {}
    for cause in causes:
        if cause.mistake:
            named.setdefault(cause.function, set()).add(cause.mistake)
    uses = {name: e.uses for (name, phase), e in evidences.items() if phase == Phase.PUBLIC}
    entries = {}
    for result in results:
        reached = {name: named.get(name, set()) for name in reached_by(result.function, uses)}
        if _may_be_carried(result) and any(reached.values()):
            others = [check for check in checks.values() if check.function == result.function]
            entry = _find_explanation(checks[result.id], others, reached, evidences)
            if entry is not None:
                entries[result.id] = entry
    return entries


def _may_be_carried(result: CheckResult) -> bool:
    unjudged = (Status.PASSED, Status.NOT_STARTED, Status.TIMEOUT, Status.CRASHED)
    return result.status not in unjudged


def reached_by(function: str, uses: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the functions that one calls, directly or not, nearest first; not itself."""
    reached: list[str] = []
    queue = list(uses.get(function, ()))
    while queue:
        name = queue.pop(0)
        if name not in reached and name != function:
            reached.append(name)
            queue += uses.get(name, ())
    return reached


def _give_back(result: CheckResult, entry: CarriedKey) -> CheckResult:
    """Return the result with all its points, and a line that says which function to fix."""
    name = result.function.partition(".")[2]
    sources = list(dict.fromkeys([source for source, _ in entry.made]))
    those = "that one" if len(sources) == 1 else "those"
    explains = "mistake explains" if len(entry.made) == 1 else "mistakes explain"
    sentence = (
        f"no points are lost here: {name} calls {' and '.join(sources)}, whose {explains} this"
        f" answer; fix {those}"
    )
    message = mark_carried(result.message, sentence)
    return replace(result, score=result.max_score, message=message, mistake=None)


def _find_explanation(
    check: CheckKey,
    checks: list[CheckKey],
    reached: Mapping[str, set[str]],
    evidences: Mapping[tuple[str, str], Evidence],
) -> CarriedKey | None:
    """Return the mistake of a function that this one calls which explains that `check` fails."""
    phases = [phase for name, phase in evidences if name == check.function]
    for entry in evidences[check.function, check.visibility].key.carried:
        if all([mistake in reached.get(source, ()) for source, mistake in entry.made]):
            views = {p: _View(evidences[check.function, p], entry) for p in phases}
            if _explains(check, checks, views):
                return entry
    return None


def _explains(check: CheckKey, checks: list[CheckKey], views: Mapping[str, "_View"]) -> bool:
    values = [c for c in checks if c.kind == CheckKind.VALUES and c.visibility in views]
    if not any([views[c.visibility].shows_something(c) for c in values]):
        return False
    view = views[check.visibility]
    if check.kind == CheckKind.ARGUMENTS:
        return view.changes_only_what_is_expected(check)
    if check.kind in COMPARING and not (check.kind == "reshuffles" and view.raises_in(check)):
        return view.shows_something(check) and view.is_right(check)
    # Nothing to compare with: all its values must be explained.
    return all([_is_shown(c, views[c.visibility]) for c in values])


def _is_shown(check: CheckKey, view: "_View") -> bool:
    return view.is_right(check) and view.shows_something(check)


class _View:
    """A function's evidence, seen as if another one's mistake were right."""

    def __init__(self, evidence: Evidence, entry: CarriedKey) -> None:
        self.entry = entry
        self.phase = evidence.phase
        own, other = evidence.key.expected[self.phase], entry.results[self.phase]
        #: What a call may raise, and those that can't do otherwise; training may, by its order.
        self.raises: dict[int, str] = {}
        self.only_raises: set[int] = set()
        for call in range(len(other.of)):
            wrong = other.at(call)
            if wrong is not None and "raises" in wrong:
                self.raises[call] = wrong["raises"]
                if "rows" not in wrong:
                    self.only_raises.add(call)
        run = evidence.run
        if entry.made[0][1] == f"type-{SINGLE}":
            run = replace(
                run, outcomes=tuple([_round_outcome(outcome) for outcome in run.outcomes])
            )
        self.original = evidence
        self.evidence = Evidence(
            _replace_results(evidence.key, self.phase, own, other), self.phase, evidence.file, run
        )

    def is_right(self, check: CheckKey) -> bool:
        """Tell whether a check passes when the other function's mistake counts as right."""
        calls = tuple([call for call in check.calls if not self._raises_it(call)])
        if self.only_raises.intersection(calls):
            return False
        evidence = self.evidence if check.kind == CheckKind.VALUES else self._with_types()
        finding: Finding | None = examine(replace(check, calls=calls), evidence)
        return finding is None

    def raises_in(self, check: CheckKey) -> bool:
        """Tell whether a call raises what the other function's mistake raises."""
        return any([self._raises_it(call) for call in check.calls])

    def _with_types(self) -> Evidence:
        return Evidence(self.evidence.key, self.phase, self.original.file, self.original.run)

    def _raises_it(self, call: int) -> bool:
        outcome = self.original.outcome(call)
        return isinstance(outcome, Raised) and outcome.kind == self.raises.get(call)

    def changes_only_what_is_expected(self, check: CheckKey) -> bool:
        """Tell whether only those arguments change that the other function's mistake changes."""
        changed = self.entry.changed[self.phase]
        for call in check.calls:
            outcome = self.original.outcome(call)
            if self._raises_it(call):
                continue
            expected = changed[call] if changed else ()
            if not isinstance(outcome, Returned) or not set(outcome.changed) <= set(expected):
                return False
        return True

    def shows_something(self, check: CheckKey) -> bool:
        """Tell whether a check's calls show work of the function's own.

        It has computed something, or has come as far as an exception in a function that it calls.
        """
        outcomes = [self.original.outcome(call) for call in check.calls]
        own = f"{self.original.key.file}.py"
        if all([isinstance(o, Raised) and _comes_from_elsewhere(o, own) for o in outcomes]):
            return True
        return not self.computes_nothing(check)

    def computes_nothing(self, check: CheckKey) -> bool:
        """Tell whether all that comes back is an argument as it came, or one number, or nothing.

        Such an answer would be right under many a mistake for someone who has written nothing.
        """
        numbers: set[str] = set()
        is_argument = is_anything = False
        for call in check.calls:
            outcome = self.original.outcome(call)
            if not isinstance(outcome, Returned):
                continue
            arrays = list(arrays_in(selected(outcome.value, check.select)))
            given = list(arrays_in(self.original.key.arguments(self.phase, call)))
            is_argument = (is_argument or not is_anything) and all(
                [any([_is_same(a, b) for b in given]) for a in arrays]
            )
            is_anything = True
            numbers.update(*[map(repr, array.ravel()[:50].tolist()) for array in arrays])
        return not is_anything or is_argument or len(numbers) <= 1


def _comes_from_elsewhere(raised: Raised, own: str) -> bool:
    """Tell whether an exception came out of another file than `own`, by no ``raise`` of its own."""
    last = raised.lines[-1] if raised.lines else None
    return last is not None and last.file != own and not last.text.startswith("raise")


def _replace_results(key: FunctionKey, phase: str, own: Pool, other: Pool) -> FunctionKey:
    """Return a function's key with the other results where there are any."""
    shift = len(own.stored)
    of = [o + shift if o >= 0 else a for a, o in zip(own.of, other.of, strict=True)]
    return replace(key, expected=key.expected | {phase: Pool(own.stored + other.stored, tuple(of))})


def _round_outcome(outcome: CallOutcome) -> CallOutcome:
    """Return an outcome whose real numbers count as of single precision."""
    if isinstance(outcome, Returned):
        return replace(outcome, value=_round_tree(outcome.value))
    return outcome


def _round_tree(tree: Any) -> Any:
    if is_leaf(tree):
        return (tree[0], SINGLE) if tree[1] == "float64" else tree
    if isinstance(tree, dict):
        return {name: _round_tree(item) for name, item in tree.items()}
    return tuple([_round_tree(item) for item in tree]) if isinstance(tree, tuple) else tree


def _is_same(some: np.ndarray, other: np.ndarray) -> bool:
    return some.size == other.size and bool(np.array_equal(some.ravel(), other.ravel()))
