"""The records that pass from supervisor to judge, and from judge to outputs.

All frozen, all plain: whoever reads one needs nothing of whoever wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.core.message import Fact, Message, Place

if TYPE_CHECKING:  # a report of a run that could not load numpy has no arrays
    import numpy as np

__all__ = [
    "FULL_POINTS",
    "Argument",
    "CallOutcome",
    "SYNTAX_ERRORS",
    "CheckKind",
    "CheckResult",
    "Compared",
    "Ending",
    "Example",
    "ExplainedBy",
    "FileState",
    "FunctionRun",
    "Line",
    "OtherContent",
    "Phase",
    "Raised",
    "Report",
    "Returned",
    "Status",
    "While",
]

#: What Python raises where it can't read a file.
SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})


#: What a homework is worth, in hundredths of a point.
FULL_POINTS = 100_00


class Status(Fact):
    """The six statuses of a check, as the JSON spells them."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    NOT_STARTED = "not started"


class ExplainedBy(Fact):
    """Of what kind the explanation of a check that did not pass is.

    A wrong answer that the rubric knows; a small change of the solution; what holds between the
    results and the right ones whatever the homework; a sentence on what to do.
    """

    MISTAKE = "mistake"
    CHANGE = "change"
    RELATION = "relation"
    ADVICE = "advice"


class Phase(Fact):
    """The two halves of a grading: students see the checks of the first at once."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class CheckKind(Fact):
    """How a check is decided; any other word is the name of one of the homework's predicates."""

    VALUES = "values"
    SHAPE = "shape"
    DTYPE = "dtype"
    ARGUMENTS = "arguments"
    KINK = "kink"


class While(Fact):
    """What a worker was doing when it was given up."""

    IMPORT = "import"
    CALL = "call"
    WAIT = "wait"


@dataclass(frozen=True)
class Line:
    """A line of the student's own file, and, where that was made of a notebook, where it stands."""

    file: str
    number: int
    text: str
    place: Place | None = None


@dataclass(frozen=True)
class Returned:
    """What one call returned (see `autograder.core.results`), and which arguments it changed."""

    value: Any
    changed: tuple[int, ...] = ()


@dataclass(frozen=True)
class OtherContent:
    """What a file or a cell holds where Python is expected.

    Attributes
    ----------
    what, to_do : str
        What is said of the place, after its name (``"is a web page, not Python"``), and what to do.
    line : int
        Where it shows, from 1; 0 for the whole.
    text : str
        That line, clean.
    """

    what: str
    to_do: str
    line: int = 0
    text: str = ""

    def say(self, name: str) -> str:
        """Return all of it as one sentence about what is called `name`, without its full stop."""
        where = f" (line {self.line})" if self.line else ""
        return f"{name} {self.what}{where}: {self.to_do}"


@dataclass(frozen=True)
class Raised:
    """What one call, or one import, raised.

    Attributes
    ----------
    kind, message : str
        The exception's type and its text.
    lines : tuple of Line
        The student's own lines on the way, innermost last.
    not_started : str or None
        For NotImplementedError: the ``file.function`` that raised it.
    not_imported : str
        The submission's file, without ``.py``, that can't be imported and is the reason.
    wanted : str
        What of that file was used, as ``file.name``; empty for the file itself.
    is_read_only : bool
        Whether it comes from writing into a write-protected argument.
    instead : OtherContent or None
        What the file (`not_imported`, or the imported one), or the cell of the last line, holds
        instead of Python, where that is the reason.
    """

    kind: str
    message: str
    lines: tuple[Line, ...] = ()
    not_started: str | None = None
    not_imported: str = ""
    wanted: str = ""
    is_read_only: bool = False
    instead: OtherContent | None = None

    @property
    def said(self) -> str:
        """The exception as Python prints it."""
        return f"{self.kind}: {self.message}" if self.message else self.kind


CallOutcome = Returned | Raised


@dataclass(frozen=True)
class Ending:
    """Why a worker had to be given up: a time-out or a crash, in what, and the sentence for it."""

    status: Status
    sentence: str
    during: While = While.WAIT

    def after(self, time_outs: int, things: str) -> "Ending":
        """Return the same, said to have come early where some `things` before had timed out."""
        if self.status != Status.TIMEOUT or not time_outs:
            return self
        others = f"1 {things.removesuffix('s')}" if time_outs == 1 else f"{time_outs} {things}"
        why = f"it had less time, since {others} before it did not end"
        return Ending(self.status, f"{self.sentence}; {why}", self.during)


@dataclass(frozen=True)
class FileState:
    """What became of one of the submission's files in a worker.

    The `problem` is why it could not be imported. For each of the homework's functions that was
    looked for there is what the worker says of it.
    """

    problem: Raised | Ending | None = None
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class FunctionRun:
    """The outcomes of all calls of one function in one phase, in order.

    They are fewer than asked for where there is an `ending`, why they stopped early. `printed` is
    what was printed, cut. The calls of which it is known without a look at the outcome that they
    are as the key says (`autograder.core.right_replies`) are `right`.
    """

    outcomes: Sequence[CallOutcome] = ()
    ending: Ending | None = None
    printed: str = ""
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Argument:
    """One argument of a call, as the function was given it.

    Attributes
    ----------
    name : str
        The parameter's; ``totals["a"]`` for an array in a dict.
    value : numpy.ndarray, float, int, str or None
        The array or number; None for an array that is too large to be looked at.
    shape : tuple of int
        The array's, empty for a number.
    letters : str
        The same shape in the notes' letters (``t d``), where the key knows them.
    """

    name: str
    value: "np.ndarray | float | int | str | None"
    shape: tuple[int, ...] = ()
    letters: str = ""


@dataclass(frozen=True, eq=False)
class Compared:
    """One result of a call beside the right one.

    Attributes
    ----------
    label : str
        In the notes' symbols; empty for the only result of a function that has no symbol.
    expected : numpy.ndarray or None
        The right result; None where many are right, or where it is too large to be looked at.
    got : numpy.ndarray or None
        What came back; None where that is no array or too large.
    wrong : numpy.ndarray or None
        Bool, of the size of both: which entries are wrong, in C order. None where they can't be
        compared one by one, or where the entries are not what is wrong.
    expected_type, got_type : str
        The names of the number types, where these differ.
    remark : str
        A sentence, such as what came back instead of an array.
    """

    label: str
    expected: "np.ndarray | None" = None
    got: "np.ndarray | None" = None
    wrong: "np.ndarray | None" = None
    expected_type: str = ""
    got_type: str = ""
    remark: str = ""


@dataclass(frozen=True, eq=False)
class Example:
    """The call that shows what is wrong, as Python, to be drawn as tables; the message has words.

    Its arguments are in order, its results those that differ: none where the call raised, or where
    its result is not what is wrong.
    """

    call: str
    arguments: tuple[Argument, ...] = ()
    results: tuple[Compared, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """One check's verdict; the fields are those of the JSON, points in hundredths, and six more.

    Attributes
    ----------
    message : Message
        What is said of it; `autograder.outputs.report_json` has it as text.
    mistake : str or None
        The name of what explains it: a mistake, a change or a relation.
    explained_by : ExplainedBy or None
        Of what kind that is, or that the message has advice; None where nothing explains it.
    kind : str
        How it is decided: a `CheckKind`, or the name of a predicate. In no JSON, as what follows.
    is_first : bool
        Whether it is the function's first check of its kind and visibility.
    example : Example or None
        The call behind `message`, for outputs that show tables. A hidden check's is for staff
        alone, as its message is.
    waits_for : str
        The file, without ``.py``, that can't be imported and is the reason: the check's own, or one
        that its function uses.
    after : tuple of str
        The functions, ``file.function``, that its own one calls and that are to be fixed first;
        its own one where another check of it is charged for the same mistake.
    is_bonus : bool
        Whether it is extra credit: in the JSON where it is.
    """

    id: str
    part: str
    function: str
    title: str
    status: Status
    score: int
    max_score: int
    visibility: str
    message: Message
    mistake: str | None
    explained_by: ExplainedBy | None = None
    kind: str = ""
    is_first: bool = True
    example: Example | None = field(default=None, compare=False, repr=False)
    waits_for: str = field(default="", compare=False, repr=False)
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)
    is_bonus: bool = False


@dataclass(frozen=True)
class Report:
    """Everything that an output shows.

    Attributes
    ----------
    checks : tuple of CheckResult
        In the rubric's order; those judged so far where `is_finished` is false.
    max_score : int
        Of the whole rubric that was asked for, in hundredths, judged or not; without extra credit.
    parts : dict of str to str
        Each part's title by its name.
    is_finished : bool
        Whether every check has its verdict.
    notes : tuple of str
        Sentences about the submission as a whole.
    layers : dict of str to str
        For each layer of protection an empty text where it was on, else the reason; empty where no
        worker was needed.
    first_step : str
        The one of `notes` that says how to begin, where nothing is started.
    only : str
        What alone was graded (``mean, averages.py``); empty where it was the whole homework.
    environment : dict of str to str
        Versions, and what protected the run.
    printed : dict of str to str
        What each function printed during public checks.
    audience : str
        Whom it is for: ``"staff"``, who see all of it, or ``"students"``
        (`autograder.grading.audience`).
    hidden_points : dict of str to int
        By function, the hundredths of checks that the whole exam has and this report leaves out:
        those on hidden inputs. Not in `max_score`.
    max_bonus : int
        What the extra credit that was asked for is worth, in hundredths.
    bonus_parts : tuple of str
        The parts that are extra credit.
    """

    checks: tuple[CheckResult, ...]
    max_score: int
    parts: dict[str, str]
    is_finished: bool
    notes: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    audience: str = "staff"
    layers: dict[str, str] = field(default_factory=dict)
    first_step: str = ""
    only: str = ""
    hidden_points: dict[str, int] = field(default_factory=dict)
    max_bonus: int = 0
    bonus_parts: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """The points reached, in hundredths, without extra credit."""
        return sum([check.score for check in self.checks if not check.is_bonus])

    @property
    def bonus(self) -> int:
        """The points of extra credit that are reached, in hundredths."""
        return sum([check.score for check in self.checks if check.is_bonus])
