"""The words that a rubric is written in: parts, questions, checks, mistakes and proofs.

A rubric file says, like an exam key, what is asked and what it is worth; nothing in it runs a
student's code or decides anything. `autograder.authoring.compiler` reads the objects made here and
turns them
into data.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.language.inputs import Inputs
from autograder.authoring.language.where import calling_line
from autograder.errors import RubricError

__all__ = [
    "ONLY_RAISES",
    "OPEN_ORDER",
    "Check",
    "Examples",
    "Gradient",
    "Kink",
    "Mistake",
    "Part",
    "Question",
    "hundredths",
]

#: How the points of a question are shared out, in percent, where it does not say otherwise. Shape,
#: type and untouched arguments are facts of their own: right values of another type lose only the
#: type's share.
SHARES: Mapping[str, int] = {
    "values": 45,
    "hidden": 35,
    "shape": 10,
    "dtype": 4,
    "arguments": 6,
}

TITLES: Mapping[str, str] = {
    "values": "right values",
    "hidden": "right values on hidden inputs",
    "shape": "right shape",
    "dtype": "right number type",
    "arguments": "arguments unchanged",
}

PUBLIC, HIDDEN = "public", "hidden"

#: Why functions that call a wrong one are charged along.
ONLY_RAISES = "whoever calls it only raises, which shows nothing of the caller's own"
OPEN_ORDER = "the order of the items inside a minibatch, which is open, decides what comes of it"

#: What a check's `kind` may be: the kinds that compare with right results, and the predicates.
RESULT_KINDS = ("values", "shape", "dtype", "arguments")
PREDICATES = (
    "breaks_symmetry",
    "converges",
    "repeats_with_the_seed",
    "reshuffles",
    "separates_xor",
)


def hundredths(points: float) -> int:
    """Return `points` as a whole number of hundredths, so that sums are exact."""
    return round(points * 100)


@dataclass(frozen=True)
class Examples:
    """Which calls a check makes.

    Attributes
    ----------
    inputs : Inputs
        What is drawn.
    count : int
        How many.
    edges : tuple of Inputs
        Variants of which one example each is always there, such as a batch of one item.
    pinned : tuple of tuple
        Calls written out by hand, arguments in order.
    layout : str
        ``"mixed"`` (every third example not contiguous in memory) or ``"read-only"``.
    """

    inputs: Inputs | None = None
    count: int = 0
    edges: tuple[Inputs, ...] = ()
    pinned: tuple[tuple[Any, ...], ...] = ()
    layout: str = "mixed"


@dataclass(frozen=True)
class Check:
    """One line of the exam key.

    Attributes
    ----------
    name, title : str
        The last part of its id, and the property that it checks, in words.
    kind : str
        How the judge decides: ``"values"``, ``"shape"``, ``"dtype"``, ``"arguments"``, ``"kink"``,
        or the name of a predicate in `autograder.judge.predicates`.
    points : int
        In hundredths.
    visibility : str
        ``"public"`` or ``"hidden"``.
    examples : Examples or None
        Calls of its own.
    calls_of : tuple of str
        Names of other checks of the question whose calls it looks at (too).
    select : tuple of int
        The positions of the results that it looks at; empty for all.
    data : dict
        What a predicate needs to know; plain values.
    where : str
        File and line of the rubric, for messages to its author.
    """

    name: str
    title: str
    kind: str
    points: int
    visibility: str = PUBLIC
    examples: Examples | None = None
    calls_of: tuple[str, ...] = ()
    select: tuple[int, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give.

    Attributes
    ----------
    name : str
        Short and stable.
    sentence : str
        What a teacher would say: what was done, and why it is wrong; never the line to type.
    wrong : callable
        The wrong function, same parameters as the right one.
    on : str
        The check whose inputs tell it from the right answer.
    where : str
        File and line of the rubric, for messages to its author.
    charged_along : str
        The reason, where functions that call the wrong one lose points with it all the same.
    """

    name: str
    sentence: str
    wrong: Callable[..., Any]
    on: str
    where: str
    charged_along: str = ""


@dataclass(frozen=True)
class Kink:
    """One convention that several functions share, charged once for all of them.

    Only entries where the two conventions differ are looked at. The points belong to the first
    function; another one can lose them once it is right otherwise.

    Attributes
    ----------
    name, title : str
        As of a `Check`.
    points : int
        In hundredths.
    misconception, sentence : str
        As of a `Mistake`.
    inputs : dict of str to (Examples, callable)
        For each function, ``file.function``: the calls that show its convention, and the function
        under the other convention.
    where : str
        File and line of the rubric, for messages to its author.
    """

    name: str
    title: str
    points: int
    misconception: str
    sentence: str
    inputs: dict[str, tuple[Examples, Callable[..., Any]]]
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)


@dataclass(frozen=True)
class Gradient:
    """The proof that a reference is a gradient: which function's, and at which arguments.

    Attributes
    ----------
    of : callable
        Takes the question's arguments, then the point; returns a scalar (or an array whose every
        entry is differentiated).
    at : callable
        From the arguments to the point: an array, or a dict of arrays.
    take : callable or None
        From the whole numeric derivative, of shape (shape of the function's value, shape of the
        point), to what the reference returns, where it is only a part.
    """

    of: Callable[..., Any]
    at: Callable[..., Any]
    take: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Way:
    """Another right way to write a function; see `Question.way`."""

    right: Callable[..., Any]
    only: str
    where: str


@dataclass
class Question:
    """One function of the homework: what is tried, what is right, what people get wrong.

    Attributes
    ----------
    part : Part
        The part that it belongs to.
    name : str
        The function's name, in the file of the part's name.
    returns : str, tuple of str or dict of str
        The results' names, in the notes' symbols.
    checks : list of Check
        In the order of the report.
    proof : Gradient or None
        For a gradient.
    orders, outcomes : callable or None
        Where the order of the items is open, and so several results are right: all legal orders as
        a list, and the right results under one ``order``, as a list. Both name those of the
        function's parameters that they need. The reference's own result must be among them.
    draw_order : callable or None
        One legal order, for arguments with too many to list; by default one of `orders`.
    demand : callable or None
        Called as `outcomes`; raises a `RubricError` where these arguments can't be asked about.
    ways : list of Way
        See `way`.
    trains : bool
        Whether it gets the time limit of training.
    mistakes : list of Mistake
        See `mistake`.
    where : str
        File and line of the rubric, for messages to its author.
    """

    part: "Part"
    name: str
    returns: Any
    checks: list[Check]
    proof: Gradient | None = None
    orders: Callable[..., Iterable[Any]] | None = None
    outcomes: Callable[..., list[Any]] | None = None
    draw_order: Callable[..., Any] | None = None
    demand: Callable[..., None] | None = None
    ways: list[Way] = field(default_factory=list)
    trains: bool = False
    mistakes: list[Mistake] = field(default_factory=list)
    where: str = field(default_factory=calling_line, kw_only=True)

    @property
    def full_name(self) -> str:
        """``file.function``."""
        return f"{self.part.name}.{self.name}"

    def mistake(
        self, name: str, sentence: str, *, on: str = "values", charged_along: str = ""
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a function to be a wrong answer to this question.

        It decorates a function, or is called with one that fits on the line.

        Parameters
        ----------
        name : str
            Short and stable; it appears in the JSON.
        sentence : str
            What a teacher would say.
        on : str
            The check whose inputs show it; ``"values"`` unless typical inputs don't.
        charged_along : str
            The reason, where functions that call the wrong one lose points with it all the same;
            ``make verify`` takes any other such loss for a fault.

        Examples
        --------
        >>> from autograder.authoring.language.inputs import Inputs, real
        >>> from autograder.authoring.language.words import Part
        >>> part = Part("sums", "Sums", notes="1")
        >>> twice = part.question("twice", points=1, inputs=Inputs.of(x=real("t")), returns="2 x")
        >>> wrong = twice.mistake("squared", "This is the square of x.")(lambda x: x**2)
        """
        where = calling_line()

        def declare(wrong: Callable[..., Any]) -> Callable[..., Any]:
            self.mistakes.append(Mistake(name, sentence, wrong, on, where, charged_along))
            return wrong

        return declare

    def way(self, *, only: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare the decorated function to be another right answer, out of other functions.

        A student may call functions of the homework where the reference does not. What is wrong
        with those is recognised in this function's results as well, and not charged again.

        Parameters
        ----------
        only : str
            The one function, ``file.function``, whose mistakes are carried along this way; by
            default all that it calls and, in training, the reference does not.
        """
        where = calling_line()

        def declare(right: Callable[..., Any]) -> Callable[..., Any]:
            self.ways.append(Way(right, only, where))
            return right

        return declare

    def also(self, *checks: Check) -> "Question":
        """Add checks beside the usual ones."""
        self.checks.extend(checks)
        return self


@dataclass
class Part:
    """One file of the student's, and the questions about it.

    Attributes
    ----------
    name : str
        The file's name without ``.py``.
    title : str
        For the report.
    notes : str
        The section of the lecture notes, empty where there are none.
    questions : list of Question
        In the order of the file.
    kinks : list of Kink
        Conventions that are charged once.
    where : str
        File and line of the rubric, for messages to its author.
    """

    name: str
    title: str
    notes: str = ""
    questions: list[Question] = field(default_factory=list)
    kinks: list[Kink] = field(default_factory=list)
    where: str = field(default_factory=calling_line, kw_only=True)

    def question(
        self,
        name: str,
        *,
        points: float,
        inputs: Inputs,
        returns: Any,
        edges: Sequence[Inputs] = (),
        without: Iterable[str] = (),
        proof: Gradient | None = None,
    ) -> Question:
        """Add a question with the usual five checks.

        Parameters
        ----------
        name : str
            The function.
        points : float
            For the five together, shared out as `SHARES` says.
        inputs : Inputs
            What is drawn; once for the public check, with another seed for the hidden one.
        returns : str, tuple of str or dict
            The results' names.
        edges : sequence of Inputs
            Variants that must be among the examples.
        without : iterable of str
            Usual checks that make no sense here; their share goes to ``values``.
        proof : Gradient, optional
            For a gradient.

        Raises
        ------
        RubricError
            If `points` are too few, or `without` names what is no usual check.
        """
        question = Question(
            self, name, returns, _usual_checks(points, inputs, tuple(edges), set(without))
        )
        question.proof = proof
        self.questions.append(question)
        return question

    def special_question(
        self, name: str, *, returns: Any, checks: Sequence[Check], **more: Any
    ) -> Question:
        """Add a question whose checks are all written out."""
        question = Question(self, name, returns, list(checks), **more)
        self.questions.append(question)
        return question


def _share(points: int, percent: int) -> int:
    """Return a share of `points` in steps of five hundredths, at least one step."""
    return max(5, 5 * round(points * percent / 500))


def _usual_checks(
    points: float, inputs: Inputs, edges: tuple[Inputs, ...], without: set[str]
) -> list[Check]:
    may_be_left_out = [name for name in SHARES if name != "values"]
    unknown = without - set(may_be_left_out)
    if unknown:
        raise RubricError(
            f"there is no usual check called {', '.join(sorted(unknown))} that can be left out,"
            f" only {', '.join(may_be_left_out)}",
            where=calling_line(),
        )
    worth = {name: _share(hundredths(points), share) for name, share in SHARES.items()}
    kept = {name: value for name, value in worth.items() if name not in without}
    kept["values"] += hundredths(points) - sum(kept.values())
    if kept["values"] <= 0:
        raise RubricError(
            f"{points:g} points are too few to be shared among {', '.join(kept)}: give more, or"
            " leave some out with without=[...]",
            where=calling_line(),
        )
    examples = {
        "values": Examples(inputs, 10, edges),
        "hidden": Examples(inputs, 12, edges),
        "arguments": Examples(inputs, 2, layout="read-only"),
    }
    return [
        Check(
            name,
            TITLES[name],
            "values" if name == "hidden" else name,
            value,
            HIDDEN if name == "hidden" else PUBLIC,
            examples.get(name),
            () if name in ("values", "hidden") else ("values",),
        )
        for name, value in kept.items()
    ]
