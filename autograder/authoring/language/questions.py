"""The words that an exam is written in: parts, questions, mistakes, proofs and conventions.

A rubric says, like an exam key, what is asked and what it is worth; nothing in it runs a student's
code or decides anything. `autograder.authoring.compiler` reads the objects made here and turns
them into data.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from autograder.authoring.language.checks import (
    Check,
    Examples,
    make_usual_checks,
    require_points,
    share_points,
)
from autograder.authoring.language.inputs import Inputs, Letter
from autograder.authoring.language.pictures import Picture
from autograder.authoring.language.where import calling_line
from autograder.errors import RubricError

__all__ = [
    "Convention",
    "Exam",
    "Gradient",
    "Mistake",
    "OpenOrder",
    "Part",
    "Promise",
    "Question",
    "Way",
]

Function = Callable[..., Any]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give; see `Question.mistake`."""

    name: str
    sentence: str
    wrong: "Function | OpenOrder"
    shows_in: str
    where: str
    costs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """Another right way to write a function; see `Question.way`."""

    right: Function
    where: str


@dataclass(frozen=True)
class Promise:
    """Something that a docstring promises, and the calls that are about it.

    ``verify`` proves that some check looks there: it grades a function that is right everywhere
    else.

    Attributes
    ----------
    function : str
        ``file.function``.
    text : str
        The promise in a few words, such as ``"any finite x: large and negative"``.
    when : callable
        Tells, of those of the function's arguments that it names, whether a call is about it.
    """

    function: str
    text: str
    when: Callable[..., Any]
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
    where : callable or None
        Tells of the arguments of a call whether the proof holds there; None where it holds on every
        example. Compiling reports how many examples were proved.
    """

    of: Function
    at: Function
    take: Callable[[Any], Any] | None = None
    where: Callable[..., Any] | None = None


@dataclass(frozen=True)
class OpenOrder:
    """An order that the question leaves open, so that several results are right.

    Each function names those of the question's parameters that it needs.

    Attributes
    ----------
    orders : callable
        Returns all legal orders, as a list.
    results : callable
        Returns the right results under one ``order``, as a list. The reference's own result must
        be among those of some order.
    require : callable or None
        Takes an ``order``, too; raises a `RubricError` where these arguments can't be asked about.
    draw : callable or None
        Returns one legal order, for arguments that have too many to list them.
    """

    orders: Callable[..., Iterable[Any]]
    results: Callable[..., list[Any]]
    require: Callable[..., None] | None = None
    draw: Callable[..., Any] | None = None


@dataclass(eq=False)
class Question:
    """One function of the homework: what is tried, what is right, what people get wrong.

    Attributes
    ----------
    name : str
        The function's name; its file is the one of the `Part` that asks the question.
    returns : str, tuple of str or dict of str
        The results' names, in the notes' symbols. A dict among several has its own name around it:
        ``({"totals": {"a": "a", "b": "b"}}, "mean")``.
    points : float or None
        What it is worth; None for the sum of `checks`, where these are all.
    inputs : Inputs or None
        What the usual checks draw: once for the public ones, with another seed for the hidden one.
        Without inputs there are no usual checks.
    edges : sequence of Inputs
        Variants that must be among the examples.
    without : iterable of str
        Usual checks that make no sense here; their share goes to ``values``.
    checks : sequence of Check
        More checks, after the usual ones; their points are part of `points`.
    proof : Gradient or None
        For a gradient.
    open_order : OpenOrder or None
        Where several results are right.
    trains : bool
        Whether it gets the time limit of training.

    Raises
    ------
    RubricError
        If `without` names what is no usual check.
    """

    name: str
    _: KW_ONLY
    returns: Any
    points: float | None = None
    inputs: Inputs | None = None
    edges: Sequence[Inputs] = ()
    without: Iterable[str] = ()
    checks: Sequence[Check] = ()
    proof: Gradient | None = None
    open_order: OpenOrder | None = None
    trains: bool = False
    where: str = field(default_factory=calling_line)
    ways: list[Way] = field(default_factory=list, init=False)
    mistakes: list[Mistake] = field(default_factory=list, init=False)
    _usual: int = field(init=False, repr=False)
    part: "Part" = field(init=False, repr=False)
    letters: Mapping[str, Letter] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        usual: list[Check] = []
        if self.inputs is not None:
            usual = make_usual_checks(self.inputs, self.edges, self.without)
        self.checks = [*usual, *self.checks]
        self._usual = len(usual)

    @property
    def full_name(self) -> str:
        """``file.function``."""
        return f"{self.part.name}.{self.name}"

    @property
    def hundredths(self) -> int:
        """What it is worth, as a whole number."""
        return sum([check.hundredths for check in self.checks])

    def share_points(self, step: float) -> None:
        """Give the usual checks their points, multiples of `step`, out of what the others leave."""
        usual, own = self.checks[: self._usual], self.checks[self._usual :]
        for check in own:
            require_points(
                f"the check {check.name} of {self.name}", check.points, step, check.where
            )
        rest = (self.points or 0) - sum([check.points for check in own])
        if usual:
            names = [check.name for check in usual]
            worth = share_points(rest, step, names, self.where)
            self.checks = [*[replace(c, points=worth[c.name]) for c in usual], *own]
        elif self.points is not None and abs(rest) > 1e-6:
            raise RubricError(
                f"{self.name} is worth {self.points:g} points, but its checks add up to"
                f" {self.points - rest:g}",
                where=self.where,
            )

    def mistake(
        self,
        name: str,
        sentence: str,
        *,
        shows_in: str = "values",
        costs: Iterable[str] = (),
    ) -> Callable[[Function], Function]:
        """Declare a function to be a wrong answer to this question.

        It decorates a function, or is called with one that fits on the line. Where the order of
        the items is open, it may be called with an `OpenOrder` of wrong orders; that lists none
        where there are too many.

        Parameters
        ----------
        name : str
            Short and stable; it appears in the JSON.
        sentence : str
            What a teacher would say: what was done, and why it is wrong; never the line to type.
        shows_in : str
            The check whose inputs show it; ``"values"`` unless typical inputs don't.
        costs : iterable of str
            The checks that lose their points by it. Others of the question that fail by this
            mistake alone keep theirs. Empty for all: each check that fails loses its points.

        Examples
        --------
        >>> from autograder.authoring import Inputs, Question, real
        >>> twice = Question("twice", points=1, inputs=Inputs.of(x=real("t")), returns="2 x")
        >>> wrong = twice.mistake("squared", "This is the square of x.")(lambda x: x**2)
        """
        where = calling_line()

        def declare(wrong: Function) -> Function:
            self.mistakes.append(Mistake(name, sentence, wrong, shows_in, where, tuple(costs)))
            return wrong

        return declare

    def mistakes_by_divisor(self, sums: Function, *rows: tuple[str, str, str]) -> None:
        """Declare mistakes that divide the same sums by something else than they should.

        Parameters
        ----------
        sums : callable
            Takes the question's arguments and returns the results undivided.
        *rows : tuple of (str, str, str)
            Name, divisors and sentence of each mistake. The divisors are words like those of a
            shape, one for each result: ``"t"``, ``"n*e"``, ``"1"``, with a sign ``"-t"``.

        Raises
        ------
        RubricError
            If no argument tells what a letter stands for, or there are more or fewer divisors than
            results.
        """
        assert self.inputs is not None
        count = len(self.returns) if isinstance(self.returns, tuple) else 1
        for name, divisors, sentence in rows:
            words = divisors.split()
            self.inputs.require_lengths(words)
            if len(words) != count:
                raise RubricError(
                    f"the mistake {name} of {self.name} has {len(words)} divisors, and there are"
                    f" {count} results",
                    where=calling_line(),
                )
            self.mistake(name, sentence)(_divide_by(words, sums, self.inputs))

    def way(self) -> Callable[[Function], Function]:
        """Declare the decorated function to be another right answer, out of other functions.

        A student may call functions of the homework where the reference does not. What is wrong
        with those does not count against this one, if it calls them with the same arguments.
        """
        where = calling_line()

        def declare(right: Function) -> Function:
            self.ways.append(Way(right, where))
            return right

        return declare


def _divide_by(divisors: Sequence[str], sums: Function, inputs: Inputs) -> Function:
    """Return the function that divides each of `sums` by the length that a word stands for."""

    def wrong(*arguments: Any, **named: Any) -> Any:
        given = dict(zip(inputs.specs, arguments, strict=False)) | named
        results, numbers = sums(**given), [inputs.length_of(word, given) for word in divisors]
        if not isinstance(results, tuple):
            return results / numbers[0]
        return tuple([result / by for result, by in zip(results, numbers, strict=True)])

    return wrong


@dataclass(frozen=True)
class Convention:
    """A convention that several functions share, charged once for all of them.

    Only entries where the two conventions differ are looked at. The points belong to the first
    function; another one can lose them once it is right otherwise.

    Attributes
    ----------
    name, title : str
        As of a `Check`.
    points : float
        What it is worth, once.
    mistake, sentence : str
        Name and sentence of the mistake to follow the other convention, as of `Question.mistake`.
    shown_by : dict of str to (Examples, callable)
        For each function, ``file.function``: the calls that show its convention, and the function
        under the other convention.
    halfway : tuple of (str, str)
        Name and sentence of the mistake to take the mean of the two; empty for none.
    """

    name: str
    title: str
    points: float
    mistake: str
    sentence: str
    shown_by: dict[str, tuple[Examples, Function]]
    halfway: tuple[str, str] = ("", "")
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)

    @property
    def hundredths(self) -> int:
        """The points as a whole number."""
        return round(self.points * 100)

    @property
    def owner(self) -> str:
        """The function that the points belong to, ``file.function``."""
        return next(iter(self.shown_by), "")


class Part:
    """One file of the student's, and the questions about it.

    Parameters
    ----------
    name : str
        The file's name without ``.py``.
    title : str
        For the report.
    notes : str
        The section of the lecture notes, empty where there are none.
    *questions : Question
        In the order of the report.
    points : float, optional
        What the part is worth, conventions of its functions included; compiling checks the sum.
    bonus : bool, optional
        Whether it is extra credit: its points are beyond the total, and leaving it out costs
        nothing.
    """

    def __init__(
        self,
        name: str,
        title: str,
        notes: str = "",
        *questions: Question,
        points: float | None = None,
        bonus: bool = False,
    ) -> None:
        self.where = calling_line()
        self.name, self.title, self.notes = name, title, notes
        self.questions, self.points, self.bonus = list(questions), points, bonus


class Exam:
    """The whole exam: what is asked, in which order, and what it is worth.

    Parameters
    ----------
    *parts : Part
        In the order of the report.
    conventions : sequence of Convention
        What is charged once, for whichever functions get it wrong.
    pictures : sequence of Picture
        What the report draws, in its order.
    predicates : sequence of callable
        The homework's own kinds of checks: functions of the rubric's ``predicates.py``.
    promises : sequence of Promise
        What the docstrings promise, for ``verify`` to prove that it is tried.
    letters : mapping of str to Letter
        What the letters of the shapes count, and how long they are; the first one is the length of
        a batch, if there are batches: messages tell of a mean over it, and of a batch of one. One
        that is missing here is drawn from some small lengths, all different.
    step : float
        What each check is worth a multiple of.

    Raises
    ------
    RubricError
        If something else is among the parts, or points can't be shared out.
    """

    def __init__(
        self,
        *parts: Part,
        conventions: Sequence[Convention] = (),
        pictures: Sequence[Picture] = (),
        predicates: Sequence[Function] = (),
        promises: Sequence[Promise] = (),
        letters: Mapping[str, Letter] | None = None,
        step: float = 0.25,
    ) -> None:
        self.where = calling_line()
        self._require_all("EXAM", parts, Part)
        self._require_all("conventions", conventions, Convention)
        self._require_all("pictures", pictures, Picture)
        self._require_all("promises", promises, Promise)
        self.parts, self.conventions, self.pictures = parts, tuple(conventions), tuple(pictures)
        self.predicates, self.letters, self.step = tuple(predicates), dict(letters or {}), step
        self.promises = tuple(promises)
        for part in parts:
            self._require_all(f"the part {part.name}", part.questions, Question)
            for question in part.questions:
                question.part, question.letters = part, self.letters
                question.share_points(step)
        self._require_known([promise.function for promise in promises])

    def _require_known(self, functions: Iterable[str]) -> None:
        names = [question.full_name for question in self.questions]
        for name in functions:
            if name not in names:
                raise RubricError(
                    f"a promise is about {name}, which is not asked", where=self.where
                )

    def _require_all(self, what: str, things: Sequence[Any], kind: Any) -> None:
        for thing in things:
            if not isinstance(thing, kind):
                name = getattr(kind, "__name__", "picture")
                raise RubricError(f"{what} holds {thing!r}, which is no {name}", where=self.where)

    @property
    def questions(self) -> list[Question]:
        """All questions, in the order of the report."""
        return [question for part in self.parts for question in part.questions]

    def conventions_of(self, part: Part) -> list[Convention]:
        """Return the conventions whose points belong to a function of `part`."""
        return [c for c in self.conventions if c.owner.partition(".")[0] == part.name]

    def hundredths_of(self, part: Part) -> int:
        """Return what a part is worth, conventions included."""
        own = [question.hundredths for question in part.questions]
        return sum(own) + sum([convention.hundredths for convention in self.conventions_of(part)])
