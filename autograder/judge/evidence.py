"""What the judge has about one function in one phase: the key's side, the worker's side."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.core.compare import is_leaf, is_same_answer
from autograder.core.records import (
    CallOutcome,
    Ending,
    FileState,
    FunctionRun,
    Raised,
    Returned,
    Status,
)
from autograder.core.vectors import selected, without_extra_keys
from autograder.homework.key import CheckKey, FunctionKey, MistakeKey
from autograder.judge.answers import RightAnswers

__all__ = ["Evidence", "Obstacle"]


@dataclass(frozen=True)
class Obstacle:
    """Why a call has no result to look at.

    Attributes
    ----------
    status : str
        The check's status that follows.
    sentence : str
        For the student.
    raised : Raised or None
        The exception, where there was one.
    waits_for : str
        The file, without ``.py``, that can't be imported and is the reason; empty for another.
    """

    status: str
    sentence: str
    raised: Raised | None = None
    waits_for: str = ""


#: What a stand-in for a file that can't be imported raises (`autograder.worker.import_submission`).
_NOT_IMPORTED = re.compile(r"(?:[\w.]+: )?(\w{1,60})\.py can't be imported")

#: In the sentence about an import that hung or killed its worker, not of one that had no turn.
_IMPORTING = "in importing "


def _not_imported(raised: Raised) -> str:
    """Return the file that could not be imported where an exception says so, else ''."""
    told = _NOT_IMPORTED.match(raised.message) if raised.kind == "ModuleNotFoundError" else None
    return told[1] if told else ""


def _said(raised: Raised) -> str:
    """Return an exception as Python prints it."""
    return f"{raised.kind}: {raised.message}" if raised.message else raised.kind


@dataclass(frozen=True)
class Evidence:
    """One function, one phase.

    Attributes
    ----------
    key : FunctionKey
        What was asked and what is right.
    phase : str
        ``"public"`` or ``"hidden"``.
    file : FileState or None
        What became of the file; None where the submission has none.
    run : FunctionRun
        What became of the calls.
    """

    key: FunctionKey
    phase: str
    file: FileState | None
    run: FunctionRun

    @cached_property
    def _right(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def _matches(self) -> dict[Any, int | None]:
        return {}

    @cached_property
    def obstacle(self) -> Obstacle | None:
        """Why there are no calls: the file or function is missing, or can't be imported."""
        name = f"{self.key.file}.py"
        if self.file is None:
            return Obstacle(Status.NOT_STARTED, f"{name} is not in the submission")
        problem = self.file.problem
        if isinstance(problem, Ending):
            waits_for = self.key.file if _IMPORTING in problem.sentence else ""
            return Obstacle(problem.status, problem.sentence, waits_for=waits_for)
        if isinstance(problem, Raised):
            sentence = f"{name} can't be imported: {_said(problem)}"
            return Obstacle(Status.ERROR, sentence, problem, waits_for=self.key.file)
        described = self.file.functions.get(self.key.function, {})
        if not described.get("is_there"):
            return Obstacle(Status.NOT_STARTED, f"{name} has no function {self.key.function}")
        if not described.get("is_callable"):
            return Obstacle(Status.ERROR, f"{self.key.function} in {name} is not a function")
        return None

    @property
    def ending(self) -> Ending | None:
        """Why its worker was given up, while the file was imported or the function called."""
        problem = self.file.problem if self.file is not None else None
        return problem if isinstance(problem, Ending) else self.run.ending

    @property
    def uses(self) -> tuple[str, ...]:
        """The homework's functions that the student's function calls, as the worker saw them."""
        described = self.file.functions.get(self.key.function, {}) if self.file else {}
        uses = described.get("uses")
        return tuple([str(name) for name in uses]) if isinstance(uses, tuple) else ()

    def outcome(self, call: int) -> CallOutcome | None:
        """Return what a call came to, None where it was never finished."""
        return self.run.outcomes[call] if call < len(self.run.outcomes) else None

    def result(self, call: int) -> Any:
        """Return the tree that a finished call returned."""
        outcome = self.outcome(call)
        assert isinstance(outcome, Returned)
        return outcome.value

    def obstacle_at(self, call: int) -> Obstacle | None:
        """Return why a call has no result."""
        if self.obstacle is not None:
            return self.obstacle
        outcome = self.outcome(call)
        if outcome is None:
            ending = self.run.ending or Ending(Status.CRASHED, "the call was never made")
            return Obstacle(ending.status, ending.sentence)
        if isinstance(outcome, Raised):
            return self._raised(outcome)
        return None

    def _raised(self, outcome: Raised) -> Obstacle:
        if outcome.not_started is None:
            return Obstacle(Status.ERROR, _said(outcome), outcome, waits_for=_not_imported(outcome))
        if outcome.not_started in ("", self.key.name):
            return Obstacle(Status.NOT_STARTED, "not started yet")
        sentence = f"it needs {outcome.not_started}, which is not started yet"
        return Obstacle(Status.NOT_STARTED, sentence)

    def right(self, call: int, select: tuple[int, ...]) -> RightAnswers:
        """Return every right result of a call."""
        place = (self.key.expected[self.phase].of[call], select)
        if place not in self._right:
            self._right[place] = RightAnswers(self.key.expected[self.phase].at(call), select)
        answers: RightAnswers = self._right[place]
        return answers

    def match(self, call: int, select: tuple[int, ...] = ()) -> int | None:
        """Return which right result a call returned, None where it is not right."""
        place = (call, select)
        if place not in self._matches:
            outcome = self.outcome(call)
            self._matches[place] = None
            if isinstance(outcome, Returned):
                self._matches[place] = self._match(selected(outcome.value, select), call, select)
        return self._matches[place]

    def _match(self, got: Any, call: int, select: tuple[int, ...]) -> int | None:
        right = self.right(call, select)
        match = right.match(got)
        if match is None and not is_leaf(got):
            match = right.match(without_extra_keys(got, right.example))
        return match

    def wanted_result(self, call: int, select: tuple[int, ...]) -> Any:
        """Return what a finished call returned, without results and keys that nobody asked for."""
        right = self.right(call, select).example
        return without_extra_keys(selected(self.result(call), select), right)

    def explains(self, mistake: MistakeKey, check: CheckKey) -> bool:
        """Tell whether `mistake` gives what the student's function gave, on all its calls."""
        shows = False
        for call in check.calls:
            wrong = mistake.results[self.phase].at(call)
            if wrong is None:
                if self.match(call, check.select) is None:
                    return False
            elif self._gives(call, wrong, check):
                shows = True
            else:
                return False
        return shows

    def _gives(self, call: int, wrong: Any, check: CheckKey) -> bool:
        outcome = self.outcome(call)
        if isinstance(wrong, dict):
            return isinstance(outcome, Raised) and outcome.kind == wrong.get("raises")
        if not isinstance(outcome, Returned):
            return False
        got, by_shape = selected(outcome.value, check.select), check.kind == "shape"
        return any(
            [is_same_answer(got, selected(other, check.select), shapes=by_shape) for other in wrong]
        )
