"""The lines of the exam key: what a check looks at, which calls it makes, how points are shared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.language.inputs import Inputs
from autograder.authoring.language.where import calling_line
from autograder.errors import RubricError

__all__ = [
    "HIDDEN",
    "PUBLIC",
    "RESULT_KINDS",
    "SHARES",
    "Check",
    "Examples",
    "make_usual_checks",
    "require_points",
    "share_points",
]

PUBLIC, HIDDEN = "public", "hidden"

#: How the points of a question are shared out, in percent, where it does not say otherwise. Shape,
#: type and untouched arguments are facts of their own: right values of another type lose only the
#: type's share, and each costs at least one step.
SHARES: Mapping[str, int] = {
    "values": 45,
    "hidden": 35,
    "shape": 10,
    "dtype": 4,
    "arguments": 6,
}

#: The checks of the numbers, which share what the facts leave.
NUMBERS = ("values", "hidden")

TITLES: Mapping[str, str] = {
    "values": "values",
    "hidden": "values on hidden inputs",
    "shape": "shape",
    "dtype": "data type",
    "arguments": "does not modify its arguments",
}

#: The kinds of checks that compare with right results; every other kind is a predicate's name.
RESULT_KINDS = ("values", "shape", "dtype", "arguments")


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
        How the judge decides: ``"values"``, ``"shape"``, ``"dtype"``, ``"arguments"``, or the name
        of a predicate.
    points : float
        What it is worth.
    visibility : str
        ``"public"`` or ``"hidden"``.
    examples : Examples or None
        Calls of its own.
    calls_of : tuple of str
        Names of other checks of the question whose calls it looks at (too).
    select : tuple of int
        The positions of the results that it looks at; empty for all.
    needs : dict
        What a predicate needs to know; plain values.
    """

    name: str
    title: str
    kind: str
    points: float
    visibility: str = PUBLIC
    examples: Examples | None = None
    calls_of: tuple[str, ...] = ()
    select: tuple[int, ...] = ()
    needs: dict[str, Any] = field(default_factory=dict)
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)

    @property
    def hundredths(self) -> int:
        """The points as a whole number, so that sums are exact."""
        return round(self.points * 100)


def require_points(what: str, points: Any, step: float, where: str) -> None:
    """Require points to be a positive multiple of `step`, by a RubricError."""
    if not isinstance(points, int | float):
        raise RubricError(f"the points of {what} are {points!r}, not a number", where=where)
    if points <= 0:
        raise RubricError(f"{what} is worth {points:g} points: give it some", where=where)
    if abs(points / step - round(points / step)) > 1e-6:
        raise RubricError(
            f"{what} is worth {points:g} points, not a multiple of the exam's step, {step:g}",
            where=where,
        )


def make_usual_checks(
    inputs: Inputs, edges: Sequence[Inputs], without: Iterable[str]
) -> list[Check]:
    """Return the checks of an ordinary question; what each is worth is shared out later."""
    may_be_left_out = [name for name in SHARES if name != "values"]
    unknown = set(without) - set(may_be_left_out)
    if unknown:
        raise RubricError(
            f"there is no usual check called {', '.join(sorted(unknown))} that can be left out,"
            f" only {', '.join(may_be_left_out)}",
            where=calling_line(),
        )
    examples = {
        "values": Examples(inputs, 10, tuple(edges)),
        "hidden": Examples(inputs, 12, tuple(edges)),
        "arguments": Examples(inputs, 2, layout="read-only"),
    }
    return [
        Check(
            name,
            TITLES[name],
            "values" if name == "hidden" else name,
            0,
            HIDDEN if name == "hidden" else PUBLIC,
            examples.get(name),
            () if name in ("values", "hidden") else ("values",),
        )
        for name in SHARES
        if name not in without
    ]


def share_points(points: float, step: float, names: Sequence[str], where: str) -> dict[str, float]:
    """Return what each usual check of a question, of `names`, is worth, in multiples of `step`.

    `points` are for all of them together, `where` is the question's line. A RubricError says that
    the points are not a multiple of the exam's step, or too few.
    """
    steps = round(points / step)
    if abs(points - steps * step) > 1e-6:
        raise RubricError(
            f"{points:g} points can't be shared among {', '.join(names)} in steps of {step:g}",
            where=where,
        )
    facts = {n: max(1, round(steps * SHARES[n] / 100)) for n in names if n not in NUMBERS}
    left = steps - sum(facts.values())
    both = sum([SHARES[name] for name in NUMBERS])
    hidden = {n: round(left * SHARES[n] / both) for n in names if n == "hidden"}
    worth = {"values": left - sum(hidden.values())} | hidden | facts
    if min(worth.values()) <= 0:
        raise RubricError(
            f"{points:g} points are too few to be shared among {', '.join(names)} in steps of"
            f" {step:g}: give more, or leave some out with without=[...]",
            where=where,
        )
    return {name: steps * step for name, steps in worth.items()}
