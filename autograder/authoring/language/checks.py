"""The lines of the exam key: what a check looks at, which calls it makes, how points are shared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.language.inputs import Inputs
from autograder.authoring.language.where import calling_line
from autograder.errors import RubricError

__all__ = ["HIDDEN", "PUBLIC", "RESULT_KINDS", "SHARES", "Check", "Examples", "make_usual_checks"]

PUBLIC, HIDDEN = "public", "hidden"

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
    where : str
        File and line of the rubric, for messages to its author.
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


def make_usual_checks(
    points: float, inputs: Inputs, edges: Sequence[Inputs], without: Iterable[str]
) -> list[Check]:
    """Return the checks of an ordinary question, `points` shared out among them.

    Raises
    ------
    RubricError
        If `points` are too few, or `without` names what is no usual check.
    """
    worth = _share_points(round(points * 100), set(without))
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
            value / 100,
            HIDDEN if name == "hidden" else PUBLIC,
            examples.get(name),
            () if name in ("values", "hidden") else ("values",),
        )
        for name, value in worth.items()
    ]


def _share_points(points: int, without: set[str]) -> dict[str, int]:
    """Return what each usual check is worth, in hundredths."""
    may_be_left_out = [name for name in SHARES if name != "values"]
    unknown = without - set(may_be_left_out)
    if unknown:
        raise RubricError(
            f"there is no usual check called {', '.join(sorted(unknown))} that can be left out,"
            f" only {', '.join(may_be_left_out)}",
            where=calling_line(),
        )
    worth = {name: max(5, 5 * round(points * share / 500)) for name, share in SHARES.items()}
    kept = {name: value for name, value in worth.items() if name not in without}
    kept["values"] += points - sum(kept.values())
    if kept["values"] <= 0:
        raise RubricError(
            f"{points / 100:g} points are too few to be shared among {', '.join(kept)}: give more,"
            " or leave some out with without=[...]",
            where=calling_line(),
        )
    return kept
