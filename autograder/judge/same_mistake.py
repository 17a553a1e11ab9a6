"""Say what is wrong in every check of a function that fails by it, and charge a mistake once.

A check of a property, or of a convention, says by itself that results are wrong, and not why. Where
all checks of the same results have one cause, that is its cause, too; otherwise it says which check
to look at first.

A rubric may say which checks a mistake costs (`Question.mistake`). Others of the function that fail
by this mistake alone keep their points, and say so: they give what the mistake gives, on every
call. A check of results that the key can't list, such as a training that goes on for long, follows
those of the same results that it can.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from autograder.core.message import Label, Row
from autograder.core.records import CheckKind, CheckResult, ExplainedBy, Phase, Status
from autograder.homework.key import CheckKey, FunctionKey, Key, MistakeKey
from autograder.judge.carried import COMPARING
from autograder.judge.evidence import Evidence
from autograder.judge.messages import mark_carried
from autograder.judge.verdicts import Evidences

__all__ = ["charge_once", "say_causes"]

#: Kinds of check whose results show a mistake.
_SHOWING = (CheckKind.VALUES, CheckKind.SHAPE)


def say_causes(results: Iterable[CheckResult], key: Key, phase: str) -> list[CheckResult]:
    """Say why the checks of a phase fail that compare no values, by those of their function."""
    results, checks = list(results), {check.id: check for check in key.checks}

    def list_others(result: CheckResult) -> list[CheckResult]:
        select = checks[result.id].select
        others = [r for r in results if r.function == result.function and _is_wrong(r)]
        return [r for r in others if not select or checks[r.id].select == select]

    def add_cause(result: CheckResult) -> CheckResult:
        if _is_silent(result) and list_others(result):
            return _say_cause(result, list_others(result))
        if key.functions[result.function].trains and _is_unexplained(result):
            wrong = [r for r in results if r.function == result.function and _is_wrong(r)]
            return _say_first(result, wrong[0]) if wrong and wrong[0] is not result else result
        return result

    return [add_cause(result) if result.visibility == phase else result for result in results]


def _is_unexplained(result: CheckResult) -> bool:
    """Tell whether a check of values fails and nothing is known but what was compared."""
    says = [label for label in (Label.LIKELY, Label.TO_DO) if result.message.find(label)]
    is_open = _is_lost(result) and result.mistake is None and not says
    return is_open and result.kind == CheckKind.VALUES


def _say_first(result: CheckResult, first: CheckResult) -> CheckResult:
    """Return a check of a training's results with the one that comes before: it goes on from it."""
    sentence = f"'{first.title}' of the same function fails as well: fix that first"
    message = result.message.without({Label.COMPARED}).with_row(Row(Label.FIRST, sentence))
    return replace(result, message=message)


def _is_silent(result: CheckResult) -> bool:
    """Tell whether a check of a property or a convention fails without a cause."""
    is_open = _is_lost(result) and result.mistake is None and result.kind not in COMPARING
    places = [row.place for row in result.message.find(Label.LOOK_AT)]
    name = result.function.partition(".")[2]  # a convention may be another function's
    is_own = all([place is None or place.function == name for place in places])
    return is_open and is_own and not result.message.find(Label.LIKELY)


def _is_wrong(result: CheckResult) -> bool:
    """Tell whether a public check of values loses points."""
    is_public = result.visibility == Phase.PUBLIC
    return is_public and result.kind == CheckKind.VALUES and _is_lost(result)


def _is_lost(result: CheckResult) -> bool:
    return result.score < result.max_score and result.status == Status.FAILED


def _say_cause(result: CheckResult, others: Sequence[CheckResult]) -> CheckResult:
    """Return a result with the one cause of the `others`, or with the first of them to look at."""
    first, message = others[0], result.message
    is_one = {other.mistake for other in others} == {first.mistake}
    if is_one and first.explained_by in (ExplainedBy.MISTAKE, ExplainedBy.CHANGE):
        looking = message.find(Label.LOOK_AT)
        rows = [row for row in message.rows if row not in looking]
        rows += [*first.message.find(Label.LIKELY), *looking]
        message = replace(message, rows=tuple(rows))
        mistake, kind = first.mistake, first.explained_by
        return replace(result, message=message, mistake=mistake, explained_by=kind)
    return _say_first(result, first)


def charge_once(
    results: Iterable[CheckResult], key: Key, evidences: Evidences, phase: str
) -> list[CheckResult]:
    """Give back the points of a phase's checks that a mistake fails beside those that it costs."""
    results = list(results)
    lost: dict[str, list[CheckResult]] = {}
    for result in results:
        if result.score < result.max_score and result.status in (Status.FAILED, Status.ERROR):
            lost.setdefault(result.function, []).append(result)
    kept: dict[str, CheckResult] = {}
    for name, own in lost.items():
        if any([result.visibility == phase for result in own]):
            function = _Function(key.functions[name], key, evidences, tuple(own))
            kept |= {result.id: result for result in function.give_back(phase)}
    return [kept.get(result.id, result) for result in results]


class _Function:
    """The checks of a function that lose points, public ones first."""

    def __init__(
        self, function: FunctionKey, key: Key, evidences: Evidences, lost: Sequence[CheckResult]
    ) -> None:
        self._mistakes = function.mistakes if any([r.mistake for r in lost]) else ()
        self._checks = {check.id: check for check in key.checks if check.function == function.name}
        self._evidences = evidences
        self._lost = sorted(lost, key=lambda result: result.visibility != "public")

    def give_back(self, phase: str) -> list[CheckResult]:
        """Return the results of a phase that get their points back, with them."""
        names = {result.mistake for result in self._lost}
        candidates = [m for m in self._mistakes if m.costs and m.name in names]
        following = [(m, self._list_following(m)) for m in candidates]
        if not following:
            return []
        mistake, own = max(following, key=lambda pair: sum([r.max_score for r in pair[1]]))
        charged = [result for result in own if result.id in mistake.costs] or own[:1]
        return [
            _give_back(result, charged[0])
            for result in own
            if result not in charged and result.visibility == phase
        ]

    def _list_following(self, mistake: MistakeKey) -> list[CheckResult]:
        """Return the results that are the mistake's, or follow from it."""
        shown = [result for result in self._lost if self._is_shown(mistake, result)]
        return [r for r in self._lost if r in shown or self._follows(mistake, r, shown)]

    def _is_shown(self, mistake: MistakeKey, result: CheckResult) -> bool:
        if result.kind in (CheckKind.DTYPE, CheckKind.ARGUMENTS, CheckKind.KINK):
            return False  # facts of their own, whatever the values are
        if result.kind in _SHOWING:
            return self._evidence(result).explains(mistake, self._checks[result.id])
        return result.mistake == mistake.name

    def _follows(
        self, mistake: MistakeKey, result: CheckResult, shown: Sequence[CheckResult]
    ) -> bool:
        """Tell whether results that no one can list are wrong where those that one can are, too."""
        if result.mistake is not None or result.status != Status.FAILED:
            return False
        check = self._checks[result.id]
        if result.kind in COMPARING and not _is_unlisted(mistake, check, self._evidence(result)):
            return False
        others = [r for r in self._lost if r.kind == CheckKind.VALUES and r is not result]
        others = [r for r in others if self._checks[r.id].select == check.select]
        return bool(others) and all([other in shown for other in others])

    def _evidence(self, result: CheckResult) -> Evidence:
        return self._evidences[result.function, result.visibility]


def _is_unlisted(mistake: MistakeKey, check: CheckKey, evidence: Evidence) -> bool:
    """Tell whether a mistake has too many results to list on every call that is wrong."""
    wrong = [call for call in check.calls if evidence.match(call, check.select) is None]
    return all([mistake.results[evidence.phase].at(call) == () for call in wrong])


def _give_back(result: CheckResult, charged: CheckResult) -> CheckResult:
    sentence = f"no points are lost here: the same mistake as in '{charged.title}'"
    return replace(
        result,
        score=result.max_score,
        message=mark_carried(result.message, sentence),
        mistake=None,
        explained_by=None,
        after=(result.function,),
    )
