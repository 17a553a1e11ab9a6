"""Charge a mistake once: functions that call a wrong one, and are right themselves, keep points.

Such a function is run again with the right results instead of the wrong function's
(`autograder.grading.examination.Examination.replay`). A check that passes then failed by the other
function alone. Which results are right was recorded while compiling: the arguments must be those
with which a right version makes the call.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.core.message import Label, Row
from autograder.core.records import CheckKind, CheckResult, Status
from autograder.homework.key import CheckKey, FunctionKey, Key
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import Evidences, Uses, is_passed, reached_by

__all__ = [
    "COMPARING",
    "Answers",
    "Replay",
    "carry_forward",
    "fix_first",
    "plan_replays",
]

#: Statuses of a function whose results are in: it may be replaced.
_JUDGED = (Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.CRASHED)

#: Kinds of check that compare with what the key lists, or look at the call alone.
COMPARING = (CheckKind.VALUES, CheckKind.SHAPE, CheckKind.DTYPE, CheckKind.ARGUMENTS)


class Answers:
    """Answer for the `replaced` functions that one calls, and note what was asked.

    Attributes
    ----------
    told : dict of str to set of bool
        For each of them that was called, whether a result was known: of some calls, of others, or
        of both.
    unanswered : set of int
        The calls of the function during which one was not.
    """

    def __init__(self, function: FunctionKey, phase: str, replaced: Collection[str]) -> None:
        self.replaced = replaced
        self.told: dict[str, set[bool]] = {}
        self.unanswered: set[int] = set()
        self._recorded = function.recorded[phase]

    def answer(self, name: str, arguments: tuple[Any, ...], call: int) -> Any:
        """Return the right result of a function for some arguments, as trees.

        It is None where no right version makes this call. It was asked for during a `call` of the
        function that calls it.
        """
        if name not in self.replaced:
            return None  # no function asks for it: whoever does may know nothing by it
        calls = self._recorded.get(name)
        result = calls.look_up(arguments) if calls is not None else None
        self.told.setdefault(name, set()).add(result is not None)
        if result is None:
            self.unanswered.add(call)
        return result


@dataclass(frozen=True)
class Replay:
    """What a function came to when others were replaced, and what it was told of these."""

    evidence: Evidence
    answers: Answers


Replays = Mapping[str, Replay]


def plan_replays(results: Iterable[CheckResult], uses: Uses, phase: str) -> dict[str, list[str]]:
    """Return by function which wrong functions that it calls are to be replaced in a `phase`.

    Of two that call each other none is replaced: neither excuses the other.
    """
    results = list(results)
    wrong = [result.function for result in results if _is_wrong(result)]
    failing = [r.function for r in results if r.visibility == phase and _may_be_carried(r)]
    plans = {}
    for name in dict.fromkeys(failing):
        reached = [other for other in reached_by(name, uses) if other in wrong]
        replaced = [other for other in reached if name not in reached_by(other, uses)]
        if replaced:
            plans[name] = replaced
    return plans


def _is_wrong(result: CheckResult) -> bool:
    """Tell whether a caller may be wrong because of this; a convention at 0 never matters."""
    is_lost = result.score < result.max_score and result.status in _JUDGED
    return is_lost and result.kind != CheckKind.KINK


def _may_be_carried(result: CheckResult) -> bool:
    is_lost = result.score < result.max_score and result.status in _JUDGED
    return is_lost and not result.waits_for


def carry_forward(
    results: Iterable[CheckResult], key: Key, evidences: Evidences, replays: Replays, phase: str
) -> list[CheckResult]:
    """Give back the points of a phase's checks that pass in the replay of their function."""
    results, checks = list(results), {check.id: check for check in key.checks}
    kept = {
        result.id
        for result in results
        if result.visibility == phase
        and _may_be_carried(result)
        and result.function in replays
        and _passes(checks[result.id], key, evidences, replays[result.function])
    }
    charged = {r.function for r in results if _is_wrong(r) and r.id not in kept}
    return [
        _give_back(result, _find_sources(result.function, charged, replays))
        if result.id in kept
        else result
        for result in results
    ]


def _find_sources(function: str, charged: Collection[str], replays: Replays) -> list[str]:
    """Return what to fix: of the replaced functions, those that lose points of their own."""
    called, seen = [function], {function}
    sources: list[str] = []
    while called:
        replay = replays.get(called.pop(0))
        for name in replay.answers.told if replay is not None else ():
            if name not in seen:
                seen.add(name)
                (sources if name in charged else called).append(name)
    return sources


def _passes(check: CheckKey, key: Key, evidences: Evidences, replay: Replay) -> bool:
    if True not in set().union(*replay.answers.told.values()):
        return False  # nothing was replaced: the other function is not the reason
    seen = {**evidences, (check.function, check.visibility): replay.evidence}
    if is_passed(check, key, seen):
        return True
    if check.kind in COMPARING or replay.answers.unanswered.isdisjoint(check.calls):
        return False
    # A training that goes on for long comes to calls that no one can list: its results decide.
    of_values = (check.function, check.visibility, CheckKind.VALUES)
    values = [c for c in key.checks if (c.function, c.visibility, c.kind) == of_values]
    passed = [is_passed(c, key, seen) for c in values]
    return bool(passed) and all(passed)


def _give_back(result: CheckResult, sources: Sequence[str]) -> CheckResult:
    """Return the result with all its points, and a line that says which function to fix."""
    from autograder.judge.messages import mark_carried  # here, as `judge_check` imports it

    name = result.function.partition(".")[2]
    those = _list_names(sources) if sources else "functions that are wrong"
    sentence = (
        f"no points are lost here: {name} calls {those}, and passes with the right results of"
        f" {'that one' if len(sources) == 1 else 'those'}; fix {those} first"
    )
    message = mark_carried(result.message, sentence)
    sources = tuple(sources)
    return replace(
        result,
        score=result.max_score,
        message=message,
        mistake=None,
        explained_by=None,
        after=sources,
    )


def fix_first(results: list[CheckResult], uses: Uses, replays: Replays) -> list[CheckResult]:
    """Say of each check that loses points which functions to fix first."""
    by_function: dict[str, list[CheckResult]] = {}
    for result in results:
        by_function.setdefault(result.function, []).append(result)
    advised = []
    for result in results:
        is_lost = result.score < result.max_score
        wrong = _list_wrong(result, by_function, uses, replays) if is_lost else ()
        if wrong:
            row = Row(Label.FIRST, _say_first(result, wrong, by_function, replays))
            result = replace(result, message=result.message.with_row(row), after=wrong)
        advised.append(result)
    return advised


def _list_wrong(
    result: CheckResult, results: Mapping[str, list[CheckResult]], uses: Uses, replays: Replays
) -> tuple[str, ...]:
    """Return the functions that a failed one calls and that fail themselves."""
    if result.waits_for:
        return ()  # the file that it waits for comes before every function
    reached = reached_by(result.function, uses)
    replay = replays.get(result.function)
    if replay is not None:  # then it is known which of them are really called
        reached = [name for name in reached if name in replay.answers.told]
    return tuple([name for name in reached if any(map(_is_unfinished, results.get(name, [])))])


def _say_first(
    result: CheckResult,
    wrong: Sequence[str],
    results: Mapping[str, list[CheckResult]],
    replays: Replays,
) -> str:
    """Return a sentence that names the functions to fix first."""
    name, listed = result.function.partition(".")[2], _list_names(wrong)
    states = [r.status for function in wrong for r in results[function]]
    if all([state == Status.NOT_STARTED for state in states]):
        return f"{name} calls {listed}, not started yet: write that first"
    fails = "fails its own checks" if len(wrong) == 1 else "fail their own checks"
    then = "it" if len(wrong) == 1 else "them"
    sentence = f"{name} calls {listed}, which {fails}: fix {then} first"
    replay = replays.get(result.function)
    if replay is None:
        return sentence
    if replay.answers.unanswered:
        return f"{sentence}; {name} calls {then} with arguments for which no right result is known"
    return f"{sentence}; {name} fails with the right results of {then} as well"


def _is_unfinished(result: CheckResult) -> bool:
    """Tell whether a function is wrong or not started, by one of its checks."""
    is_lost = result.status != Status.PASSED and result.score < result.max_score
    return is_lost and result.kind != CheckKind.KINK


def _list_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
