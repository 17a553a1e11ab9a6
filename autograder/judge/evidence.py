"""What the judge has about one function in one phase, and the record of what is wrong in it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.core.compare import Difference, find_difference, is_leaf, is_same_answer
from autograder.core.message import Fact
from autograder.core.records import (
    CallOutcome,
    CheckKind,
    Ending,
    ExplainedBy,
    FileState,
    FunctionRun,
    Raised,
    Returned,
    Status,
    While,
)
from autograder.core.vectors import RightAnswers, is_among, selected, vector_of, without_extra_keys
from autograder.homework.key import CheckKey, FunctionKey, MistakeKey

__all__ = [
    "Evidence",
    "Finding",
    "Obstacle",
    "ObstacleKind",
    "find_whole_problem",
    "obstacle_finding",
]


class ObstacleKind(Fact):
    """Why there is no result to look at."""

    NO_FILE = "no file"
    NOT_IMPORTED = "not imported"
    NO_FUNCTION = "no function"
    NOT_CALLABLE = "not callable"
    NOT_STARTED = "not started"
    NEEDS_ANOTHER = "needs another"
    RAISED = "raised"
    ENDED = "ended"


_UNWRITTEN = frozenset(
    {
        ObstacleKind.NO_FILE,
        ObstacleKind.NO_FUNCTION,
        ObstacleKind.NOT_STARTED,
        ObstacleKind.NEEDS_ANOTHER,
    }
)


@dataclass(frozen=True)
class Obstacle:
    """Why a call has no result to look at.

    Attributes
    ----------
    raised : Raised or None
        The exception, where there was one.
    ending : Ending or None
        How the worker ended, where it did.
    needs : str
        The other function, ``file.function``, that is not started.
    waits_for : str
        The file, without ``.py``, that can't be imported and is the reason; empty for another.
    """

    kind: ObstacleKind
    raised: Raised | None = None
    ending: Ending | None = None
    needs: str = ""
    waits_for: str = ""

    @property
    def status(self) -> Status:
        """The check's status that follows."""
        if self.ending is not None:
            return self.ending.status
        return Status.NOT_STARTED if self.kind in _UNWRITTEN else Status.ERROR


@dataclass(frozen=True)
class Finding:
    """The first wrong fact.

    Attributes
    ----------
    call : int
        The call that shows it, -1 where no call was made.
    obstacle : Obstacle or None
        Where there is no result to look at.
    difference : Difference or None
        Where the values differ.
    expected, got : str
        The two sides in words, where there is no `difference`.
    label : str
        Which of several results these are about.
    mistake, sentence : str
        The name of what explains it, and what is said of it, once it is known.
    explained_by : ExplainedBy or None
        Of what kind that is; None for what the finding's own kind of check says.
    compared : str
        What was looked at, where no cause was found.
    is_unseen : bool
        Whether wrong values hide what the check asks about.
    may_be_known : bool
        Whether one of the rubric's mistakes may explain it.
    """

    status: Status
    call: int
    obstacle: Obstacle | None = None
    difference: Difference | None = None
    expected: str = ""
    got: str = ""
    label: str = ""
    mistake: str = ""
    sentence: str = ""
    compared: str = ""
    explained_by: ExplainedBy | None = None
    is_unseen: bool = False
    may_be_known: bool = False


@dataclass(frozen=True)
class Evidence:
    """One function, one phase; `file` is None where the submission has none."""

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
    def memo(self) -> dict[Any, Any]:
        """What one explanation has computed of it and another one needs, too."""
        return {}

    @cached_property
    def obstacle(self) -> Obstacle | None:
        """Why there are no calls: the file or function is missing, or can't be imported."""
        if self.file is None:
            return Obstacle(ObstacleKind.NO_FILE)
        problem = self.file.problem
        if isinstance(problem, Ending):
            waits_for = self.key.file if problem.during == While.IMPORT else ""
            return Obstacle(ObstacleKind.ENDED, ending=problem, waits_for=waits_for)
        if isinstance(problem, Raised):
            return Obstacle(ObstacleKind.NOT_IMPORTED, problem, waits_for=self.key.file)
        described = self.file.functions.get(self.key.function, {})
        if not described.get("is_there"):
            return Obstacle(ObstacleKind.NO_FUNCTION)
        return None if described.get("is_callable") else Obstacle(ObstacleKind.NOT_CALLABLE)

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

    def is_known_right(self, call: int, kind: str) -> bool:
        """Tell whether a call is known to pass a check of this kind, without a look at its result.

        Of calls with many right results only the form is known.
        """
        if call not in self.run.right:
            return False
        return kind != CheckKind.VALUES or call not in self.key.replies[self.phase].open

    def obstacle_at(self, call: int) -> Obstacle | None:
        """Return why a call has no result."""
        if self.obstacle is not None:
            return self.obstacle
        outcome = self.outcome(call)
        if outcome is None:
            ending = self.run.ending or Ending(Status.CRASHED, "the call was never made")
            return Obstacle(ObstacleKind.ENDED, ending=ending)
        return self._obstacle_of(outcome) if isinstance(outcome, Raised) else None

    def _obstacle_of(self, raised: Raised) -> Obstacle:
        if raised.not_started is None:
            return Obstacle(ObstacleKind.RAISED, raised, waits_for=raised.not_imported)
        if raised.not_started in ("", self.key.name):
            return Obstacle(ObstacleKind.NOT_STARTED)
        return Obstacle(ObstacleKind.NEEDS_ANOTHER, needs=raised.not_started)

    def right(self, call: int, select: tuple[int, ...]) -> RightAnswers:
        """Return every right result of a call."""
        place = (self.key.expected[self.phase].of[call], select)
        if place not in self._right:
            self._right[place] = RightAnswers(self.key.expected[self.phase].at(call), select)
        answers: RightAnswers = self._right[place]
        return answers

    def nearest(self, call: int, select: tuple[int, ...]) -> Any:
        """Return the right result that a call's is to be seen beside.

        Where many are right, it is the one that all that came back fits best: whoever trains in one
        of many orders reads of that one, and not of another.
        """
        whole, example = self.right(call, ()), self.right(call, select).example
        if whole.count == 1 or not isinstance(self.outcome(call), Returned):
            return example
        got = without_extra_keys(self.result(call), whole.example)
        items = got if isinstance(got, tuple) and not is_leaf(got) else (got,)
        vectors = [vector_of(item) for item in items]
        if len(vectors) != len(whole.forms):
            return example
        pairs = list(zip(vectors, whole.forms, strict=True))
        alike = tuple(
            [n for n, (vector, form) in enumerate(pairs) if vector and vector.forms == (form,)]
        )
        if not alike:
            return example
        every = len(alike) == len(items)
        number = self.right(call, () if every else alike).find_nearest(
            selected(got, () if every else alike)
        )
        return example if number is None else selected(whole.tree(number), select)

    def match(self, call: int, select: tuple[int, ...] = ()) -> int | None:
        """Return which right result a call returned, None where it is not right."""
        place = (call, select)
        if self.is_known_right(call, CheckKind.VALUES):
            return 0
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
        """Return what a finished call returned, without results and keys that no one asked for."""
        right = self.right(call, select).example
        return without_extra_keys(selected(self.result(call), select), right)

    def explains(self, mistake: MistakeKey, check: CheckKey) -> bool:
        """Tell whether `mistake` gives what the student's function gave, on all its calls."""
        place = ("explains", mistake.name, check.kind, check.select, check.calls)
        if place not in self.memo:
            self.memo[place] = self._is_explained(mistake, check)
        return bool(self.memo[place])

    def _is_explained(self, mistake: MistakeKey, check: CheckKey) -> bool:
        shows = False
        for call in check.calls:
            wrong = mistake.results[self.phase].at(call)
            if wrong == ():  # too many results to list: other calls tell
                continue
            if wrong is not None and self._gives(call, wrong, check):
                shows = True
            elif self.match(call, check.select) is None or not (wrong is None or mistake.by_lot):
                return False
        return shows

    def _gives(self, call: int, wrong: Any, check: CheckKey) -> bool:
        outcome = self.outcome(call)
        if isinstance(wrong, dict):
            return isinstance(outcome, Raised) and outcome.kind == wrong.get("raises")
        if not isinstance(outcome, Returned):
            return False
        got, others = (
            selected(outcome.value, check.select),
            [selected(w, check.select) for w in wrong],
        )
        if check.kind == CheckKind.SHAPE:
            return any([is_same_answer(got, other) for other in others])
        return is_among(got, others)


def obstacle_finding(evidence: Evidence, call: int) -> Finding | None:
    """Return a finding where a call has no result."""
    obstacle = evidence.obstacle_at(call)
    if obstacle is None:
        return None
    made = call if evidence.obstacle is None else -1
    has_raised = obstacle.raised is not None
    return Finding(obstacle.status, made, obstacle=obstacle, may_be_known=has_raised)


def find_whole_problem(evidence: Evidence, call: int, select: tuple[int, ...]) -> Difference | None:
    """Return what is wrong with the form of all results, where some are selected."""
    if not select:
        return None
    right = evidence.right(call, ()).example
    found = find_difference(evidence.result(call), right, names=evidence.key.names, values=False)
    return found if found is not None and found.name and not found.label else None
