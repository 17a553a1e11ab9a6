"""Let the rubric prove itself: judge every known mistake as if a student had handed it in.

Each mistake takes the place of its function on the key's own calls, and the judge decides. A
mistake that costs nothing, or that the judge does not name, is a fault of the rubric.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.compiler.reference import Reference, load_parts
from autograder.homework import Homework
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import judge_check
from autograder.key import PHASES, FunctionKey, Key
from autograder.language.words import Mistake, Question
from autograder.records import CallOutcome, CheckResult, FileState, FunctionRun, Raised, Returned
from autograder.values import encode

__all__ = ["MistakeRow", "verify_mistakes"]


@dataclass(frozen=True)
class MistakeRow:
    """How the judge takes one mistake.

    Attributes
    ----------
    function, mistake : str
        ``file.function`` and the mistake's name.
    lost : int
        Points lost, in hundredths.
    named : tuple of str
        The misconceptions that the judge names.
    where : str
        File and line of the rubric.
    """

    function: str
    mistake: str
    lost: int
    named: tuple[str, ...]
    where: str

    @property
    def is_right(self) -> bool:
        """Whether it costs points and is called by its name, and by no other."""
        return self.lost > 0 and self.named == (self.mistake,)


def verify_mistakes(homework: Homework, key: Key) -> Iterator[MistakeRow]:
    """Yield a row for each mistake of the rubric.

    Parameters
    ----------
    homework : Homework
        With its sources.
    key : Key
        The full key, up to date.
    """
    parts = load_parts(homework.solution)
    reference = Reference(homework.solution)
    for part in parts:
        for question in part.questions:
            for mistake in question.mistakes:
                yield _row(question, mistake, key, reference)


def _row(question: Question, mistake: Mistake, key: Key, reference: Reference) -> MistakeRow:
    function = key.functions[question.full_name]
    evidences = {
        (function.name, phase): _evidence(question, mistake, function, phase, reference)
        for phase in PHASES
    }
    checks = [c for c in key.checks if c.function == function.name and c.kind != "kink"]
    results = [judge_check(check, key, evidences) for check in checks]
    return MistakeRow(
        function.name,
        mistake.name,
        sum([result.max_score - result.score for result in results]),
        _names(results),
        mistake.where,
    )


def _names(results: list[CheckResult]) -> tuple[str, ...]:
    """Return the mistakes that are named; a type that follows from one is not another."""
    named = [result.misconception for result in results if result.misconception is not None]
    of_facts = ("type-", "symmetric-")
    return tuple(dict.fromkeys([name for name in named if not name.startswith(of_facts)]))


def _evidence(
    question: Question, mistake: Mistake, function: FunctionKey, phase: str, reference: Reference
) -> Evidence:
    outcomes: list[CallOutcome] = []
    for call in range(function.counts[phase]):
        arguments = function.arguments(phase, call)
        wrong: Any = ()
        if _is_listed(function, phase, call):
            wrong = reference.wrong_outcomes(mistake.wrong, question, arguments)
        # Nothing wrong, or too many results to list them: the mistake does not show there.
        results = wrong or (reference.own_outcome(question, arguments),)
        outcomes.append(_outcome(results, zlib.crc32(encode(arguments))))
    state = FileState(functions={function.function: {"is_there": True, "is_callable": True}})
    return Evidence(function, phase, state, FunctionRun(tuple(outcomes)))


def _is_listed(function: FunctionKey, phase: str, call: int) -> bool:
    mistakes = [mistake.results[phase].of[call] for mistake in function.mistakes]
    return not function.trains or any([place >= 0 for place in mistakes])


def _outcome(wrong: Any, choice: int) -> CallOutcome:
    """Return one of a mistake's results, the same for the same arguments (and seed)."""
    if isinstance(wrong, dict):
        return Raised(wrong["raises"], "")
    return Returned(wrong[choice % len(wrong)])
