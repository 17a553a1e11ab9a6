"""Find out what a row comes to: submissions by workers, wrong functions by calling them here.

Either way there is a record of each call, as the judge knows it of a student's function, and the
judge of every grading decides. Only what can differ from the solution is asked again: the functions
that are wrong, and those that call them.
"""

import inspect
import random
import shutil
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.compiler.reference import Reference, quiet
from autograder.authoring.verification.rows import Files, Lost, Outcome, Row, Wrong
from autograder.core.codec import decode, encode
from autograder.core.records import CallOutcome, FileState, FunctionRun, Report
from autograder.errors import GraderError
from autograder.grading.examination import Examination, Known
from autograder.grading.grade import examine_and_judge
from autograder.homework.key import PHASES, Key
from autograder.intake.take_in import Submission, take_in
from autograder.judge.carried import Answers, Replay
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import reached_by
from autograder.supervisor.outcomes import Allowance, read_outcome
from autograder.supervisor.spawn import spawning
from autograder.worker.calls import call_once
from autograder.worker.functions_used import functions_used
from autograder.worker.replaced import asking_function
from autograder.worker.serve import GLOBAL_SEED

__all__ = ["Grader", "outcome_of"]

#: Address space of a process that calls wrong functions: the key's wrong answers are in it, too.
MEMORY_BYTES = 4 << 30

Evidences = dict[tuple[str, str], Evidence]


class Grader:
    """Grades one row after the other, in a ``with`` statement of the process that grades."""

    def __init__(self, key: Key, reference: Reference) -> None:
        self._key = key
        self._calls = _Calls(key, reference)
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> "Grader":
        self._stack.enter_context(_limiting_memory())
        self._spawner = self._stack.enter_context(spawning())
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def grade(self, row: Row) -> Outcome:
        """Return what a row comes to; why it could not be graded where that fails."""
        try:
            return outcome_of(self._report(row))
        except GraderError as error:
            return Outcome(0, failure=str(error))
        except Exception as error:
            return Outcome(0, failure=f"{type(error).__name__}: {error}")

    def _report(self, row: Row) -> Report:
        if row.wrong:
            evidences = self._calls.under(row.wrong, is_alone=row.is_alone)
            submission = Submission(self._calls.folder, (), ())
            called_here = _CalledHere(*self._asked(submission, evidences))
            called_here.calls, called_here.wrong = self._calls, row.wrong
            return examine_and_judge(called_here)
        with self._taken_in(row.files) as submission:
            known = self._calls.besides(row.functions)
            return examine_and_judge(Examination(*self._asked(submission, known)))

    def _asked(self, submission: Submission, known: Evidences) -> tuple[Any, ...]:
        limits = self._key.limits
        return submission, self._key, self._spawner, limits, PHASES, None, Known(known)

    @contextmanager
    def _taken_in(self, files: Files) -> Iterator[Submission]:
        self._count += 1
        folder = self._spawner.workspace / f"row-{self._count}"
        source = folder / "source"
        source.mkdir(parents=True)
        for name, content in files.items():
            source.joinpath(name).write_bytes(content)
        try:
            yield take_in(source, folder / "submission", wanted=self._key.files)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _CalledHere(Examination):
    """An examination of wrong functions in this process: all is known, and so are the replays."""

    calls: "_Calls"
    wrong: Wrong

    def replay(self, plans: Mapping[str, Collection[str]], phase: str) -> dict[str, Replay]:
        return {
            name: self.calls.replay(name, phase, self.wrong, replaced)
            for name, replaced in plans.items()
        }


@contextmanager
def _limiting_memory() -> Iterator[None]:
    """Let a wrong function that takes all memory fail, as it does in a worker, not the machine."""
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    bounds = [bound for bound in before if bound != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):  # a system that keeps no such limit
        resource.setrlimit(resource.RLIMIT_AS, (min([MEMORY_BYTES, *bounds]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def outcome_of(report: Report) -> Outcome:
    """Return what a report says of the points."""
    lost = [
        Lost(check.id, check.function, check.status, worth, check.mistake)
        for check in report.checks
        if (worth := check.max_score - check.score) > 0
    ]
    return Outcome(report.score, tuple(lost))


class _Calls:
    """Makes the key's calls of the solution's functions, and of wrong ones, as a worker would."""

    def __init__(self, key: Key, reference: Reference) -> None:
        self._key = key
        self._reference = reference
        self._graded = {id(reference.functions[name]): name for name in key.functions}
        self._uses = {name: self._used_by(reference.functions[name]) for name in key.functions}
        #: The file of a wrong function that raised in the last call, and the line.
        self._left_by: tuple[str, str] | None = None
        self._at = 0  # which call of a request is made
        self.folder = Path(str(reference.modules[0].__file__)).parent

    def _used_by(self, function: Callable[..., Any]) -> tuple[str, ...]:
        return functions_used(function, self._graded)

    @cached_property
    def _right(self) -> Evidences:
        return self._evidences(self._key.functions, self._reference.functions, self._uses)

    def besides(self, changed: Iterable[str]) -> Evidences:
        """Return what the solution comes to where a change can't matter; nothing for no change."""
        concerned = self._with_callers(changed)
        if not concerned:
            return {}
        return {place: e for place, e in self._right.items() if place[0] not in concerned}

    def _with_callers(self, names: Iterable[str]) -> list[str]:
        """Return functions and all that call them."""
        named = set(names)
        return [
            name
            for name in self._key.functions
            if named.intersection([name, *reached_by(name, self._uses)])
        ]

    def under(self, wrong: Wrong, *, is_alone: bool) -> Evidences:
        """Return what the functions come to, right but for these; see `Row`."""
        uses = self._uses | {name: self._used_by(function) for name, function in wrong.items()}
        if is_alone:
            return self._right | self._evidences(wrong, wrong, uses)
        concerned, right = self._with_callers(wrong), self._right
        put = {name: self._as_called(name, wrong) for name in wrong}
        with self._reference.replacing(put):
            return right | self._evidences(concerned, self._reference.functions, uses)

    def replay(self, name: str, phase: str, wrong: Wrong, replaced: Collection[str]) -> Replay:
        """Return what a function comes to under `wrong`, with some functions replaced."""
        answers = Answers(self._key.functions[name], phase, replaced)

        def ask(other: str, arguments: tuple[Any, ...]) -> Any:
            return answers.answer(other, arguments, self._at)

        put = {other: self._as_called(other, wrong) for other in wrong}
        functions = self._reference.functions
        put |= {other: asking_function(other, functions[other], ask) for other in replaced}
        with self._reference.replacing(put):
            evidences = self._evidences([name], self._reference.functions, self._uses)
        return Replay(evidences[name, phase], answers)

    def _as_called(self, name: str, wrong: Wrong) -> Callable[..., Any]:
        """Return a wrong function that itself sees the right ones, and leaves word where it raises.

        Its lines are in no file of the submission, where a student's own would be.
        """
        right = {other: self._reference.functions[other] for other in wrong}

        def called(*arguments: Any, **named: Any) -> Any:
            with self._reference.replacing(right):
                try:
                    return wrong[name](*arguments, **named)
                except Exception as error:
                    self._left_by = (name.partition(".")[0], _raising_line(wrong[name], error))
                    raise

        return called

    def _evidences(
        self, names: Iterable[str], functions: Wrong, uses: Mapping[str, tuple[str, ...]]
    ) -> Evidences:
        found = {}
        for name in names:
            described = {"is_there": True, "is_callable": True, "uses": uses[name]}
            for phase in PHASES:
                key = self._key.functions[name]
                state = FileState(functions={key.function: described})
                run = self._run(key.requests[phase], functions[name])
                found[name, phase] = Evidence(key, phase, state, run)
        return found

    def _run(self, request: bytes, function: Callable[..., Any]) -> FunctionRun:
        asked, allowance = decode(request), Allowance()
        random.seed(GLOBAL_SEED)
        np.random.seed(GLOBAL_SEED)  # noqa: NPY002  as a worker does it
        with quiet():
            outcomes = []
            for self._at, call in enumerate(asked["calls"]):
                outcomes.append(self._call(function, call, asked["returns"], allowance))
        return FunctionRun(tuple(outcomes))

    def _call(
        self,
        function: Callable[..., Any],
        call: tuple[int, tuple[Any, ...]],
        structure: Any,
        allowance: Allowance,
    ) -> CallOutcome:
        layout, arguments = call
        self._left_by = None
        described = call_once(
            function, arguments, layout=layout, structure=structure, folder=self.folder
        )
        if described.get("raised") == "KeyboardInterrupt":
            raise KeyboardInterrupt
        if "raised" in described and self._left_by is not None:
            file, text = self._left_by
            described["lines"] += ((f"{file}.py", 1, text),)
        return read_outcome(decode(encode(described)), allowance)


def _raising_line(function: Callable[..., Any], error: Exception) -> str:
    """Return the last line of a function's own file that an exception came through."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.line or "" for f in frames if code is not None and f.filename == code.co_filename]
    return lines[-1] if lines else ""
