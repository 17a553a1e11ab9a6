"""Turn evidence into check results: status, points, message, and the mistake that explains it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.core.compare import find_difference, is_close
from autograder.core.message import Label, Message, Row
from autograder.core.records import (
    CheckKind,
    CheckResult,
    ExplainedBy,
    Phase,
    Returned,
    Status,
)
from autograder.core.text import show_numbers
from autograder.homework.key import CheckKey, FunctionKey, Key, MistakeKey
from autograder.judge.checks import FACTS, examine, is_placeholder
from autograder.judge.evidence import Evidence, Finding, ObstacleKind, obstacle_finding

__all__ = ["Evidences", "Uses", "is_passed", "judge_check", "reached_by"]

#: Evidence by (``file.function``, phase).
Evidences = Mapping[tuple[str, str], Evidence]

#: For each ``file.function`` the homework's functions that it calls.
Uses = Mapping[str, tuple[str, ...]]


def judge_check(check: CheckKey, key: Key, evidences: Evidences) -> CheckResult:
    """Decide one check; some look at the evidence of other functions, too."""
    finding, owner = _find_wrong(check, key, evidences)
    if finding is None:
        return key.unjudged(check, Status.PASSED)
    # Here, as much is imported for words that a passing check has no need of.
    from autograder.judge.examples import make_example
    from autograder.judge.messages import compose

    mistake = _find_mistake(check, key, owner, finding)
    if mistake is None and finding.may_be_known:
        finding = _explain(check, key, owner, finding)
    finding = _name_form(finding)
    shown = _show_at_smallest(check, owner, finding, mistake)
    name = mistake.name if mistake is not None else finding.mistake or None
    message = compose(check, owner, shown, mistake, functions=key.functions)
    unseen = _find_unseen(check, key, evidences, shown)
    if unseen:
        message = message.with_row_before(Label.LOOK_AT, Row(Label.UNSEEN, unseen))
    result = key.unjudged(check, finding.status)
    waits_for = shown.obstacle.waits_for if shown.obstacle is not None else ""
    example = None if waits_for else make_example(check, owner, shown)
    return replace(
        result,
        message=message,
        mistake=name,
        explained_by=_find_kind(check, owner.key, finding, mistake)
        or _find_advice(result, message),
        example=example,
        waits_for=waits_for,
    )


def _find_unseen(check: CheckKey, key: Key, evidences: Evidences, finding: Finding) -> str:
    """Say why a fact beside wrong values can't be looked at, empty where it can.

    It may be as it should be: that shows once the values are right.
    """
    difference, obstacle = finding.difference, finding.obstacle
    hides = "the values are wrong" if finding.is_unseen else ""
    if obstacle is not None and obstacle.kind in (ObstacleKind.RAISED, ObstacleKind.ENDED):
        hides = "a call raises an exception" if obstacle.raised else "a call gives no result"
    elif difference is not None and difference.problem and check.kind != CheckKind.SHAPE:
        hides = "something else comes back"
    if check.kind == CheckKind.VALUES or not hides:
        return ""
    is_alone = _passes_values(key, evidences, check.function, phase=check.visibility)
    return "" if is_alone else f"This can't be judged while {hides}."


def is_passed(check: CheckKey, key: Key, evidences: Evidences) -> bool:
    """Tell whether a check passes, without a word on why it does not."""
    return _find_wrong(check, key, evidences)[0] is None


def _find_wrong(check: CheckKey, key: Key, evidences: Evidences) -> tuple[Finding | None, Evidence]:
    """Return the first wrong fact, and whose it is."""
    evidence = evidences[check.function, check.visibility]
    if check.kind == CheckKind.KINK:
        return _examine_kink(check, key, evidences)
    return _examine(check, key, evidence), evidence


def _name_form(finding: Finding) -> Finding:
    """Name a finding by what is wrong with a result's form, where it has no name yet."""
    form = finding.difference.name if finding.difference is not None else ""
    if finding.mistake or not form:
        return finding
    return replace(finding, mistake=form, explained_by=ExplainedBy.RELATION)


def _explain(check: CheckKey, key: Key, evidence: Evidence, finding: Finding) -> Finding:
    """Return the finding with what explains it beside the known mistakes, if anything does."""
    # Here, as most grades need none of it and each grade pays for what it imports.
    from autograder.judge.changes import Rank, with_change
    from autograder.judge.relations.explain import with_relation
    from autograder.judge.relations.forms import with_form

    others = [c for c in key.checks if c.function == check.function]
    alike = [c for c in others if c.kind == check.kind]
    finding = with_change(check, evidence, finding, others=others)
    finding = with_relation(check, evidence, finding, others=alike, places=False)
    finding = with_change(check, evidence, finding, others=others, rank=Rank.PAIR)
    finding = with_relation(check, evidence, finding, others=alike)
    finding = with_change(check, evidence, finding, others=others, rank=Rank.VAGUE)
    return with_form(check, evidence, finding)


def _find_kind(
    check: CheckKey, key: FunctionKey, finding: Finding, mistake: MistakeKey | None
) -> ExplainedBy | None:
    """Return of what kind the explanation is that has a name; None where none has."""
    if mistake is not None:
        return ExplainedBy.MISTAKE
    if finding.explained_by is not None or not finding.mistake:
        return finding.explained_by
    is_rubrics = check.kind == CheckKind.KINK or check.kind in key.predicates
    return ExplainedBy.MISTAKE if is_rubrics else ExplainedBy.RELATION


def _find_advice(result: CheckResult, message: Message) -> ExplainedBy | None:
    """Tell whether a message says what to do about code that is written."""
    if result.status == Status.NOT_STARTED:
        return None
    says = [row for row in message.rows if row.label in (Label.TO_DO, Label.LIMIT, Label.LIKELY)]
    return ExplainedBy.ADVICE if says else None


def _examine(check: CheckKey, key: Key, evidence: Evidence) -> Finding | None:
    finding = examine(check, evidence)
    if finding is not None or check.kind not in FACTS:
        return finding
    if not is_placeholder(check, evidence):  # asked first: it hardly ever is, and is quick to see
        return None
    if not any([evidence.explains(mistake, check) for mistake in evidence.key.mistakes]):
        return _find_nothing(check, evidence) or Finding(
            Status.FAILED,
            check.calls[0],
            expected="an answer that depends on the input",
            got="the same number whatever the input, or an argument as it came",
        )
    return finding


def _find_nothing(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Return what is wrong with the first result where there is not even one number in it."""
    call = check.calls[0]
    right = evidence.right(call, ()).example
    names = evidence.key.names
    difference = find_difference(evidence.result(call), right, names=names, values=False)
    if difference is None or not difference.problem:
        return None
    return Finding(Status.FAILED, call, difference=difference)


def _find_mistake(
    check: CheckKey, key: Key, evidence: Evidence, finding: Finding
) -> MistakeKey | None:
    """Return the known mistake that the finding names, or that gives the results on every call."""
    if finding.mistake:
        for mistake in evidence.key.mistakes:
            if finding.mistake == mistake.name:
                return mistake
    is_own = evidence.key.name == check.function  # the calls of a check are its function's
    if not finding.may_be_known and not (is_own and _is_unexplained(check, finding)):
        return None
    others = [c for c in key.checks if c.function == check.function and c.kind == CheckKind.VALUES]
    others = [c for c in others if c.visibility == check.visibility]
    fitting = [m for m in evidence.key.mistakes if evidence.explains(m, check)]
    if not finding.may_be_known:  # what is wrong with the values is wrong with these results, too
        fitting = [m for m in fitting if any([evidence.explains(m, c) for c in others])]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    # More than one: that which explains the most of the function's other checks as well.
    return max(fitting, key=lambda m: sum([evidence.explains(m, c) for c in others]))


def _is_unexplained(check: CheckKey, finding: Finding) -> bool:
    """Tell whether a predicate found results wrong, and not why."""
    is_open = finding.status == Status.FAILED and not finding.mistake and not finding.sentence
    return is_open and finding.obstacle is None and check.kind not in (CheckKind.VALUES, *FACTS)


def _show_at_smallest(
    check: CheckKey, evidence: Evidence, finding: Finding, mistake: MistakeKey | None
) -> Finding:
    """Show the mistake at the input that was shrunk for it."""
    if mistake is None or mistake.smallest not in check.calls or check.visibility == Phase.HIDDEN:
        return finding
    if not finding.may_be_known and not finding.mistake:
        return finding  # a predicate compares the calls of its check
    return examine(replace(check, calls=(mistake.smallest,)), evidence) or finding


def _examine_kink(
    check: CheckKey, key: Key, evidences: Evidences
) -> tuple[Finding | None, Evidence]:
    """Look only at the entries where the conventions differ, in functions right otherwise.

    Where one of the functions has it from another one that it calls, it is found in that one.
    """
    found = list(_search_members(check, key, evidences))
    if not found:
        return None, evidences[check.function, Phase.PUBLIC]
    first, owner = found[0]
    uses = {name: e.uses for (name, phase), e in evidences.items() if phase == Phase.PUBLIC}
    called = reached_by(owner.key.name, uses) if first.mistake else ()
    inner = [(f, other) for f, other in found if f.mistake and other.key.name in called]
    return inner[-1] if inner else found[0]


def _search_members(
    check: CheckKey, key: Key, evidences: Evidences
) -> Iterator[tuple[Finding, Evidence]]:
    """Yield the first finding in each function that the convention is asked about."""
    for number, member in enumerate(check.data["members"]):
        evidence = evidences[member["function"], Phase.PUBLIC]
        is_right = _passes_values(key, evidences, member["function"])
        if number and not is_right:
            continue
        for place, call in enumerate(member["calls"]):
            finding = obstacle_finding(evidence, call)
            finding = finding or _find_kink(check, member, evidence, place)
            if finding is not None and not is_right:  # something else is wrong: that is the cause
                finding = replace(finding, mistake="", sentence="", is_unseen=True)
            if finding is not None:
                yield finding, evidence
                break


def _find_kink(
    check: CheckKey, member: dict[str, Any], evidence: Evidence, place: int
) -> Finding | None:
    call, mask, wrong = member["calls"][place], member["at"][place], member["wrong"][place]
    right = evidence.right(call, ()).example[0]
    value = evidence.result(call)
    array = value[0] if isinstance(value, tuple) and isinstance(value[0], np.ndarray) else None
    if array is None or array.size != right.size:
        return Finding(
            Status.FAILED, call, expected="a result to look at", got="another shape or kind"
        )
    got = array.astype(np.float64).reshape(right.shape)
    is_right = is_close(got, right, dtype_name=value[1]) | ~mask
    if is_right.all():
        return None
    name, sentence = _name_kink(check, got, (right, wrong), value[1])
    row = int(np.argwhere(~is_right)[0][0])
    return Finding(
        Status.FAILED,
        call,
        expected=f"row {row} = {show_numbers(right[row])}",
        got=f"row {row} = {show_numbers(got[row])}",
        mistake=name,
        sentence=sentence,
    )


def _name_kink(
    check: CheckKey, got: np.ndarray, sides: tuple[np.ndarray, np.ndarray], dtype_name: str
) -> tuple[str, str]:
    """Return name and sentence of what came back: the other convention, or the mean of both."""
    right, wrong = sides
    if is_close(got, wrong, dtype_name=dtype_name).all():
        return check.data["misconception"], check.data["sentence"]
    name, sentence = check.data["halfway"]
    if name and is_close(got, (right + wrong) / 2, dtype_name=dtype_name).all():
        return name, sentence
    return "", ""


def _passes_values(
    key: Key, evidences: Evidences, function: str, *, phase: str = Phase.PUBLIC
) -> bool:
    """Tell whether a function was started and passes its own checks of values in a phase."""
    evidence = evidences[function, phase]
    wanted = (function, CheckKind.VALUES, phase)
    for check in key.checks:
        if (check.function, check.kind, check.visibility) == wanted and any(
            [evidence.match(call, check.select) is None for call in check.calls]
        ):
            return False
    outcomes = evidence.run.outcomes
    return bool(evidence.run.right) or any([isinstance(one, Returned) for one in outcomes])


def reached_by(function: str, uses: Uses) -> list[str]:
    """Return the functions that one calls, directly or not, nearest first; not itself."""
    reached: list[str] = []
    queue = list(uses.get(function, ()))
    while queue:
        name = queue.pop(0)
        if name not in reached and name != function:
            reached.append(name)
            queue += uses.get(name, ())
    return reached
