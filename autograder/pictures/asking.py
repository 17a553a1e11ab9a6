"""Ask a student's functions for what a picture shows, with little time and no consequences."""

import time
from collections.abc import Collection

from autograder.core.limits import Limits
from autograder.core.records import CallOutcome, Ending, FileState, Raised, Status
from autograder.core.text import clean
from autograder.homework.key import Key
from autograder.intake.take_in import Submission
from autograder.pictures.records import Problem
from autograder.supervisor.outcomes import Allowance
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Worker

__all__ = ["Asker"]

#: Of an exception's message in the place of a picture; the report has the whole of it.
MESSAGE_CHARACTERS = 120

Answer = tuple[tuple[CallOutcome, ...], Problem | None]


class Asker:
    """Workers for the pictures of one submission; a context manager that ends them.

    Parameters
    ----------
    submission : Submission
        Taken in already.
    key : Key
        Says which files and functions there are.
    spawner : Spawner
        Starts the workers.
    lost : collection of str
        Functions, ``file.function``, that are not called: they hung or died before.
    allowed_missing : collection of str or None
        As of `autograder.grading.grade.grade`.
    seconds : float
        For all questions together, imports included.
    """

    def __init__(
        self,
        submission: Submission,
        key: Key,
        spawner: Spawner,
        *,
        lost: Collection[str],
        allowed_missing: Collection[str] | None,
        seconds: float,
    ) -> None:
        self._submission = submission
        self._key = key
        self._spawner = spawner
        self._lost = dict.fromkeys(lost, "it was stopped when it was graded")
        self._blocked: dict[str, str] = {}
        self._states: dict[str, FileState] = {}
        self._allowed_missing = allowed_missing
        self._allowance = Allowance()
        self._deadline = time.monotonic() + seconds
        self._worker: Worker | None = None

    def __enter__(self) -> "Asker":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._worker is not None:
            self._worker.close()

    def ask(self, name: str, request: bytes, count: int, *, seconds: float) -> Answer:
        """Make the calls of an encoded request.

        Parameters
        ----------
        name : str
            ``file.function``.
        request : bytes
            As the key holds it.
        count : int
            How many calls it has.
        seconds : float
            The limit for all of them together.

        Returns
        -------
        tuple
            The outcomes of the first calls, each returned, and why there are no more of them.
        """
        problem = self._hindrance(name)
        if problem is not None:
            return (), problem
        seconds = min(seconds, self._rest())
        if seconds <= 0:
            return (), Problem("there was no time left to draw it")
        run = self._ready_worker().call(name, request, count, seconds=seconds)
        problem = None
        if run.ending is not None:
            self._lost[name] = _ended(run.ending, seconds)
            problem = Problem(self._lost[name])
        for number, outcome in enumerate(run.outcomes):
            if isinstance(outcome, Raised):
                return run.outcomes[:number], _raised(outcome, name)
        return run.outcomes, problem

    def _rest(self) -> float:
        return self._deadline - time.monotonic()

    def _hindrance(self, name: str) -> Problem | None:
        """Return why a function can't be called."""
        file, _, function = name.partition(".")
        if name in self._lost:
            return Problem(self._lost[name])
        if file not in self._submission.files:
            return Problem(f"there is no {file}.py", is_started=False)
        if file in self._blocked:
            return Problem(self._blocked[file])
        state = self._state(file)
        if state.problem is not None:
            return Problem(self._blocked.setdefault(file, _import_problem(file, state.problem)))
        described = state.functions.get(function, {})
        if not described.get("is_there"):
            return Problem(f"there is no function {function} in {file}.py", is_started=False)
        if not described.get("is_callable"):
            return Problem(f"{function} in {file}.py is no function")
        return None

    def _state(self, file: str) -> FileState:
        worker = self._ready_worker()
        if file not in self._states:
            functions = self._key.files[file]
            # Even where time is up: a file without the time to import it is one with a problem.
            seconds = max(self._rest(), 0.1)
            self._states[file] = worker.load(file, functions, seconds=seconds)
        return self._states[file]

    def _ready_worker(self) -> Worker:
        """Return a worker that can be asked."""
        if self._worker is not None and not self._worker.is_alive:
            self._worker.close()
            self._worker = None
        if self._worker is None:
            self._states = {}
            self._worker = Worker(
                self._spawner.take(),
                self._submission.folder,
                modules=self._key.files,
                blocked=self._blocked,
                limits=Limits(),
                allowed_missing=self._allowed_missing,
                allowance=self._allowance,
            )
        return self._worker


def _ended(ending: Ending, seconds: float) -> str:
    if ending.status == Status.TIMEOUT:
        return f"it was stopped after {seconds:.0f} s"
    return ending.sentence


def _import_problem(file: str, problem: Raised | Ending) -> str:
    if isinstance(problem, Ending):
        return f"{file}.py can't be imported: {problem.sentence}"
    return f"{file}.py can't be imported: {_said(problem)}"


def _raised(raised: Raised, name: str) -> Problem:
    """Say what an exception is, or which function is not written yet."""
    if raised.not_started is None:
        return Problem(f"it raised {_said(raised)}")
    function = clean(raised.not_started, limit=MESSAGE_CHARACTERS)
    if function in ("", name):
        return Problem("it is not started yet", is_started=False)
    return Problem(f"it calls {function}, which is not started yet", is_started=False)


def _said(raised: Raised) -> str:
    kind = clean(raised.kind, limit=MESSAGE_CHARACTERS)
    message = clean(" ".join(raised.message.split()), limit=MESSAGE_CHARACTERS)
    return f"{kind}: {message}" if message else kind
