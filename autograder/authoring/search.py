"""Search for a smaller input that shows a failure, where the reference solution is available.

The key's examples decide the score; this only adds to what is shown, and to no report in a file:
how far it gets depends on the machine. Hypothesis draws and shrinks, a worker calls the student's
function, and the judge decides each call as it decides the key's.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.authoring.compiler.draw import find_smallest
from autograder.authoring.compiler.reference import Reference, load_exam, structure_of
from autograder.authoring.language.questions import Question
from autograder.core.codec import PLAIN, encode
from autograder.core.message import Label, Row
from autograder.core.records import CheckKind, CheckResult, FunctionRun, Report
from autograder.core.vectors import pack
from autograder.homework.folder import Homework
from autograder.homework.key import CheckKey, FunctionKey, Key, Pool, Segment
from autograder.intake.take_in import Submission
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import judge_check
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawner

__all__ = ["with_smaller_examples"]

Arguments = tuple[Any, ...]


class _TimeIsUpError(Exception):
    """The search's time limit was reached."""


def with_smaller_examples(
    report: Report,
    wanted: Sequence[CheckResult],
    *,
    key: Key,
    homework: Homework,
    submission: Submission,
    spawner: Spawner,
    allowed_missing: Collection[str] | None,
    seconds: float,
) -> Report:
    """Return a finished report with a smaller example wherever one is found.

    Looked at are the `wanted` ones of the failed public checks, for so many seconds together: what
    a known mistake explains shows the smallest input already. The homework has its sources; `key`,
    `submission`, `spawner` and `allowed_missing` are those of the grading.
    """
    asker = Asker(
        submission,
        key.files,
        spawner,
        limits=replace(key.limits, run_seconds=seconds),
        allowed_missing=allowed_missing,
        closed=key.closed,
    )
    with closing(asker):
        search = _Search(key, homework, submission, asker)
        found = {result.id: search.find_smaller(result) for result in wanted}
    return replace(report, checks=tuple([found.get(c.id, c) for c in report.checks]))


@dataclass
class _Search:
    """One search, over all checks that ask for it."""

    key: Key
    homework: Homework
    submission: Submission
    asker: Asker

    def __post_init__(self) -> None:
        exam = load_exam(self.homework.solution)
        self.questions = {question.full_name: question for question in exam.questions}
        self.reference = Reference(self.homework.solution)
        self.checks = {check.id: check for check in self.key.checks}

    def find_smaller(self, result: CheckResult) -> CheckResult:
        """Return a result with the smallest input that is found; itself where none is smaller."""
        check, question = self.checks[result.id], self.questions[result.function]
        is_open = check.kind != CheckKind.VALUES or question.open_order is not None
        if is_open or result.example is None:
            return result
        function = self.key.functions[check.function]
        smallest = _Smallest(result)
        with suppress(_TimeIsUpError):
            for call in check.calls:  # the key's first wrong one is the one to beat
                arguments = function.arguments("public", call)
                if smallest.take(self._judge(check, question, arguments), arguments):
                    smallest.found = None
                    break
            for strategy in _find_strategies(question, check):
                find_smallest(
                    strategy,
                    lambda a: smallest.take(self._judge(check, question, a), a),
                    seed=0,
                )
        if smallest.found is None:
            return result
        return self._show_by(result, smallest.found)

    def _show_by(self, result: CheckResult, smaller: CheckResult) -> CheckResult:
        """Return a result with another one's call for its example; all else that it says stays.

        What is likely was found by all of the key's examples together. What to do about an
        exception is said of the one that is shown.
        """
        message = result.message.shown_by(smaller.message)
        places = self.submission.places
        message = message if places is None else places.locate(message)
        found = Row(Label.FOUND_BY, "Hypothesis: a smaller input than the key's")
        return replace(result, message=message.with_row(found), example=smaller.example)

    def _judge(self, check: CheckKey, question: Question, arguments: Arguments) -> CheckResult:
        """Return the check's result on one call."""
        if self.asker.rest_seconds <= 0:
            raise _TimeIsUpError
        returns = structure_of(question.returns)
        name = question.full_name
        request = encode({"call": name, "returns": returns, "calls": ((PLAIN, arguments),)})
        function = self._narrow_key(question, request, arguments)
        state, run = self.asker.load(function.file), FunctionRun()
        if state.problem is None:
            run = self.asker.collect(name, request, 1, seconds=self.asker.rest_seconds)
        evidence = Evidence(function, "public", state, run)
        return judge_check(replace(check, calls=(0,)), self.key, {(name, "public"): evidence})

    def _narrow_key(self, question: Question, request: bytes, arguments: Arguments) -> FunctionKey:
        """Return the function's key with one call for its examples."""
        right = self.reference.outcomes(question, arguments)
        return replace(
            self.key.functions[question.full_name],
            counts={"public": 1},
            requests={"public": request},
            expected={"public": Pool((encode(pack(right)),), (0,))},
            raw_mistakes=Segment.of(()),  # they were computed for other calls, and explain nothing
        )


@dataclass
class _Smallest:
    """The smallest call so far that is wrong as `like` is."""

    like: CheckResult
    measure: tuple[float, ...] = (math.inf,)
    found: CheckResult | None = None

    def take(self, result: CheckResult, arguments: Arguments) -> bool:
        """Keep a call if it is wrong and smaller; tell whether it is wrong."""
        if _name_failure(result) != _name_failure(self.like):
            return False  # right, or wrong in another way; a time-out may be the search's own
        measure = _weigh(arguments)
        if measure < self.measure:
            self.measure, self.found = measure, result
        return True


def _name_failure(result: CheckResult) -> tuple[str, list[str]]:
    """Return in which way a call is wrong: its status, and which exceptions it raised."""
    return result.status, [row.exception for row in result.message.find(Label.RAISED)]


def _weigh(arguments: Arguments) -> tuple[float, ...]:
    """Return how much there is to look at: numbers in all, those that are not 0, their sizes."""
    numbers = np.concatenate([np.zeros(0), *_flatten(arguments)])
    return numbers.size, int(np.count_nonzero(numbers)), float(np.abs(numbers).sum())


def _flatten(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, dict | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _flatten(item)
    elif not isinstance(value, str):
        yield np.ravel(value).astype(np.float64)


def _find_strategies(question: Question, check: CheckKey) -> Iterator[Any]:
    for own in question.checks:
        if own.examples is not None and check.id == f"{question.full_name}.{own.name}":
            for inputs in [own.examples.inputs, *own.examples.edges]:
                if inputs is not None:
                    yield inputs.strategy(question.letters)
