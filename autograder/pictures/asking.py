"""Ask a student's functions for what a picture shows, or say in its place why they don't tell."""

from collections.abc import Collection

from autograder.core.records import CallOutcome, Ending, Raised, Status
from autograder.core.text import clean
from autograder.pictures.records import Problem
from autograder.supervisor.asker import Asker

__all__ = ["PictureAsker"]

#: Of an exception's message in the place of a picture; the report has the whole of it.
MESSAGE_CHARACTERS = 120

Answer = tuple[tuple[CallOutcome, ...], Problem | None]


class PictureAsker:
    """Calls for the pictures of a submission that has these files, by its asker.

    Functions that are `lost`, ``file.function``, are not called: they hung or died before.
    """

    def __init__(self, asker: Asker, files: Collection[str], lost: Collection[str]) -> None:
        self._asker = asker
        self._files = files
        self._lost = dict.fromkeys(lost, "it was stopped when it was graded")

    def ask(self, name: str, request: bytes, count: int, *, seconds: float) -> Answer:
        """Make the `count` calls of a function's encoded request, `seconds` for all of them.

        Return the outcomes of the first calls, each returned, and why there are no more of them.
        """
        problem = self._find_hindrance(name)
        if problem is not None:
            return (), problem
        seconds = min(seconds, self._asker.rest_seconds)
        run = self._asker.collect(name, request, count, seconds=seconds)
        if run.ending is not None:
            self._lost[name] = _say_ending(run.ending, seconds)
            problem = Problem(self._lost[name])
        for number, outcome in enumerate(run.outcomes):
            if isinstance(outcome, Raised):
                return run.outcomes[:number], _say_raised(outcome, name)
        return run.outcomes, problem

    def _find_hindrance(self, name: str) -> Problem | None:
        """Return why a function can't be called."""
        file, _, function = name.partition(".")
        if name in self._lost:
            return Problem(self._lost[name])
        if file not in self._files:
            return Problem(f"there is no {file}.py", is_started=False)
        state = self._asker.load(file)
        if state.problem is not None and state.problem != self._asker.out_of_time:
            return Problem(f"{file}.py can't be imported: {_say_problem(state.problem)}")
        if self._asker.rest_seconds <= 0:
            return Problem("there was no time left to draw it")
        described = state.functions.get(function, {})
        if not described.get("is_there"):
            return Problem(f"there is no function {function} in {file}.py", is_started=False)
        if not described.get("is_callable"):
            return Problem(f"{function} in {file}.py is no function")
        return None


def _say_ending(ending: Ending, seconds: float) -> str:
    if ending.status == Status.TIMEOUT:
        return f"it was stopped after {seconds:.0f} s"
    return ending.sentence


def _say_raised(raised: Raised, name: str) -> Problem:
    """Say what an exception is, or which function is not written yet."""
    if raised.not_started is None:
        return Problem(f"it raised {_say_problem(raised)}")
    function = clean(raised.not_started, limit=MESSAGE_CHARACTERS)
    if function in ("", name):
        return Problem("it is not started yet", is_started=False)
    return Problem(f"it calls {function}, which is not started yet", is_started=False)


def _say_problem(problem: Raised | Ending) -> str:
    if isinstance(problem, Ending):
        return problem.sentence
    kind = clean(problem.kind, limit=MESSAGE_CHARACTERS)
    message = clean(" ".join(problem.message.split()), limit=MESSAGE_CHARACTERS)
    return f"{kind}: {message}" if message else kind
