"""Search for a smaller input that shows a failure, where the reference solution is at hand.

The key's examples decide the score; this only adds to what is shown, and to no report in a file:
how far it gets depends on the machine. Hypothesis draws and shrinks, a worker calls the student's
function, and the judge decides each call as it decides the key's.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.authoring.compiler.draw import find_smallest
from autograder.authoring.compiler.reference import Reference, load_parts, structure_of
from autograder.authoring.language.words import Question
from autograder.core.codec import encode
from autograder.core.limits import Limits
from autograder.core.message import Label, Message, Row
from autograder.core.records import CheckResult, FileState, Report, Status
from autograder.core.vectors import pack
from autograder.homework.folder import Homework
from autograder.homework.key import CheckKey, FunctionKey, Key, Pool, Segment
from autograder.intake.take_in import Submission
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import judge_check
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Worker

__all__ = ["with_smaller_examples"]

Arguments = tuple[Any, ...]


class _TimeIsUpError(Exception):
    """The search's time limit was reached."""


def with_smaller_examples(
    report: Report,
    wanted: Sequence[CheckResult],
    key: Key,
    homework: Homework,
    submission: Submission,
    spawner: Spawner,
    *,
    seconds: float,
) -> Report:
    """Return the report with a smaller example wherever one is found.

    Parameters
    ----------
    report : Report
        Finished.
    wanted : sequence of CheckResult
        Failed public checks; those that a known mistake explains show the smallest input already.
    key : Key
        That it was graded by.
    homework : Homework
        With its sources.
    submission : Submission
        The one that was graded.
    spawner : Spawner
        Starts the worker.
    seconds : float
        The time limit for all checks together.
    """
    search = _Search(key, homework, submission, spawner, time.monotonic() + seconds)
    found = {result.id: search.message(result) for result in wanted}
    checks = [
        replace(check, message=found.get(check.id) or check.message) for check in report.checks
    ]
    return replace(report, checks=tuple(checks))


@dataclass
class _Search:
    """One search, over all checks that ask for it."""

    key: Key
    homework: Homework
    submission: Submission
    spawner: Spawner
    deadline: float

    def __post_init__(self) -> None:
        parts = load_parts(self.homework.solution)
        self.questions = {q.full_name: q for part in parts for q in part.questions}
        self.reference = Reference(self.homework.solution)
        self.checks = {check.id: check for check in self.key.checks}

    def message(self, result: CheckResult) -> Message | None:
        """Return the message at the smallest input that is found, None where none is smaller."""
        check, question = self.checks[result.id], self.questions[result.function]
        if check.kind != "values" or question.orders is not None:
            return None
        smallest = _Smallest()
        with closing(_Student(self, question, check)) as student, suppress(_TimeIsUpError):
            self._start_from_the_key(student, smallest, check)
            for strategy in _strategies(question, check):
                find_smallest(strategy, lambda a: smallest.take(student.judge(a), a), seed=0)
        if not smallest.is_new:
            return None
        found = result.message.shown_by(smallest.message)
        places = self.submission.places
        said = Row(Label.FOUND_BY, "Hypothesis: a smaller input than the key's")
        return (places.locate(found) if places is not None else found).with_row(said)

    def _start_from_the_key(
        self, student: "_Student", smallest: "_Smallest", check: CheckKey
    ) -> None:
        """Take the key's first wrong call as the one to beat."""
        function = self.key.functions[check.function]
        for call in check.calls:
            arguments = function.arguments("public", call)
            if smallest.take(student.judge(arguments), arguments):
                smallest.is_new = False
                return


@dataclass
class _Smallest:
    """The smallest wrong call so far."""

    measure: tuple[float, ...] = (math.inf,)
    message: Message = field(default_factory=Message)
    is_new: bool = False

    def take(self, result: CheckResult | None, arguments: Arguments) -> bool:
        """Keep a call if it is wrong and smaller; tell whether it is wrong."""
        if result is None or result.status not in (Status.FAILED, Status.ERROR):
            return False  # a time-out may be the search's own
        measure = _measure(arguments)
        if measure < self.measure:
            self.measure, self.message, self.is_new = measure, result.message, True
        return True


def _measure(arguments: Arguments) -> tuple[float, ...]:
    """Return how much there is to look at: numbers in all, those that are not 0, their sizes."""
    numbers = np.concatenate([np.zeros(0), *_numbers(arguments)])
    return numbers.size, int(np.count_nonzero(numbers)), float(np.abs(numbers).sum())


def _numbers(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, dict | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _numbers(item)
    elif not isinstance(value, str):
        yield np.ravel(value).astype(np.float64)


def _strategies(question: Question, check: CheckKey) -> Iterator[Any]:
    for own in question.checks:
        if own.examples is not None and check.id == f"{question.full_name}.{own.name}":
            for inputs in [own.examples.inputs, *own.examples.edges]:
                if inputs is not None:
                    yield inputs.strategy()


class _Student:
    """The student's function in a worker of its own, one call at a time."""

    def __init__(self, search: _Search, question: Question, check: CheckKey) -> None:
        self.search, self.question, self.check = search, question, check
        self.function = search.key.functions[question.full_name]
        self.state = FileState()
        self.worker: Worker | None = None

    def close(self) -> None:
        """End the worker."""
        if self.worker is not None:
            self.worker.close()

    def judge(self, arguments: Arguments) -> CheckResult | None:
        """Return the check's result on one call, None where it can't be made."""
        if time.monotonic() > self.search.deadline:
            raise _TimeIsUpError
        worker = self._alive()
        request = encode(
            {
                "call": self.question.full_name,
                "returns": structure_of(self.question.returns),
                "calls": ((0, arguments),),
            }
        )
        seconds = self.search.deadline - time.monotonic()
        run = worker.call(self.question.full_name, request, 1, seconds=max(seconds, 0.1))
        evidence = Evidence(self._key(request, arguments), "public", self.state, run)
        check = replace(self.check, calls=(0,))
        return judge_check(check, self.search.key, {(self.function.name, "public"): evidence})

    def _alive(self) -> Worker:
        if self.worker is None or not self.worker.is_alive:
            self.close()
            self.worker = Worker(
                self.search.spawner.take(),
                self.search.submission.folder,
                modules=self.search.key.files,
                blocked={},
                limits=Limits(),
            )
            names = self.search.key.files[self.function.file]
            seconds = max(self.search.deadline - time.monotonic(), 0.1)
            self.state = self.worker.load(self.function.file, names, seconds=seconds)
        return self.worker

    def _key(self, request: bytes, arguments: Arguments) -> FunctionKey:
        """Return the function's key with this one call for its examples."""
        right = self.search.reference.outcomes(self.question, arguments)
        return replace(
            self.function,
            counts={"public": 1},
            requests={"public": request},
            expected={"public": Pool((encode(pack(right)),), (0,))},
            raw_mistakes=Segment.of(()),  # they were computed for other calls, and explain nothing
        )
