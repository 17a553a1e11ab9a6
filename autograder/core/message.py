"""The message of a check as a record: rows of what is known, and the Python that shows it.

The judge makes it, and only an output turns it into text (`autograder.outputs.report_json` for
the JSON, ``plain`` and ``fragments`` for people). Where it names a place, it holds a `Place`, which
has a name in a folder of files, another one in a notebook, and a third one in a running kernel.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import Enum

__all__ = ["Fact", "Label", "Message", "Place", "Row", "Snippet"]


class Fact(str, Enum):
    """One of a few words that modules tell each other; as text it is that word."""

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, spec: str) -> str:  # which Python's versions do in different ways
        return format(str.__str__(self), spec)


class Label(Fact):
    """What a row says; as text, the label in front of it."""

    CALLED = "called"
    INPUT = "input"
    INPUTS = "inputs"
    EXPECTED = "expected"
    GOT = "got"
    RAISED = "raised"
    AT = "at"
    LIMIT = "limit"
    TIME_LIMIT = "time limit"
    CRASHED = "crashed"
    PROBLEM = "problem"
    LIKELY = "likely"
    MISTAKE = "mistake"
    COMPARED = "compared"
    UNSEEN = "not seen"
    SHAPES = "shapes"
    TO_DO = "to do"
    LOOK_AT = "look at"
    FIRST = "first"
    CARRIED = "carried"
    WAITING = "waiting"
    ALSO = "also fails"
    FOUND_BY = "found by"


@dataclass(frozen=True)
class Place:
    """Where something stands in what was submitted.

    Attributes
    ----------
    file : str
        With ``.py``.
    function : str
        Its name, where the place is a function's.
    line : int
        From 1, of the file or of the cell; 0 where no line is meant.
    cell : int
        The cell of a notebook; 0 for none, or for one that is not known.
    is_in_notebook : bool
        Whether a notebook was submitted.
    label : str
        What the student calls the cell, where it isn't its number.
    """

    file: str
    function: str = ""
    line: int = 0
    cell: int = 0
    is_in_notebook: bool = False
    label: str = ""

    def __str__(self) -> str:
        if not self.is_in_notebook:
            return f"{self.file} line {self.line}" if self.line else self.file
        name = self.label or (f"cell {self.cell}" if self.cell else "the notebook")
        return f"{name}, line {self.line}" if self.line else name


@dataclass(frozen=True)
class Row:
    """One thing that a message says: a text, then a place and what follows it, if it names one.

    Attributes
    ----------
    label : Label
        What it is.
    text, place, after : str, Place or None, str
        The sentence or the Python, in this order.
    caret : str
        A line below `after` that points into it, as Python shows it.
    exception : str
        The type of the exception that the row tells of; `after` is what Python says of it.
    """

    label: Label
    text: str = ""
    place: Place | None = None
    after: str = ""
    caret: str = ""
    exception: str = ""

    @property
    def said(self) -> str:
        """All of it, of one line or several."""
        head = f"{self.text}{self.place or ''}"
        if not self.caret:
            return f"{head}{self.after}"
        return f"{head}{self.after}\n{' ' * (len(head) + 2)}{self.caret}"


@dataclass(frozen=True)
class Snippet:
    """A few lines of Python that show a difference, after ``import numpy as np``.

    Attributes
    ----------
    file, function : str
        What is imported from where, but in a notebook, where it is available.
    lines : tuple of str
        The rest, in order.
    names : tuple of str
        What the lines give values to.
    is_in_notebook : bool
        Whether it is for a cell, or else for the folder of the files.
    overwrites : tuple of str
        Those of `names` that the student's kernel has already.
    """

    file: str
    function: str
    lines: tuple[str, ...]
    names: tuple[str, ...] = ()
    is_in_notebook: bool = False
    overwrites: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The lines as they are run."""
        own = [] if self.is_in_notebook else [f"from {self.file} import {self.function}"]
        return "\n".join(["import numpy as np", *own, *self.lines])

    @property
    def where(self) -> str:
        """Say where to run them, and what to run again after it."""
        if not self.is_in_notebook:
            return "run this in the folder of your files"
        sentence = "run this in a new cell at the end"
        if not self.overwrites:
            return sentence
        values = "its value" if len(self.overwrites) == 1 else "their values"
        again = ", then the cell again that gives"
        return f"{sentence}{again} {', '.join(self.overwrites)} {values}"


#: Rows about one call, which another call can take the place of.
_OF_CALL = frozenset(
    {
        Label.CALLED,
        Label.INPUT,
        Label.EXPECTED,
        Label.GOT,
        Label.RAISED,
        Label.AT,
        Label.LIMIT,
        Label.TIME_LIMIT,
        Label.CRASHED,
        Label.PROBLEM,
        Label.SHAPES,
    }
)


@dataclass(frozen=True)
class Message:
    """What is said of one check; nothing where it passed.

    The rows are in the order in which they are read; the snippet is Python that shows it.
    """

    rows: tuple[Row, ...] = field(default=())
    snippet: Snippet | None = None

    def find(self, label: Label) -> tuple[Row, ...]:
        """Return the rows with a label."""
        return tuple([row for row in self.rows if row.label == label])

    def without(self, labels: Collection[Label]) -> "Message":
        """Return it without the rows of these labels."""
        return replace(self, rows=tuple([row for row in self.rows if row.label not in labels]))

    def with_row(self, row: Row) -> "Message":
        """Return it with one more row, the last."""
        return replace(self, rows=(*self.rows, row))

    def with_row_before(self, label: Label, row: Row) -> "Message":
        """Return it with one more row in front of those with a label, or the last."""
        places = [place for place, other in enumerate(self.rows) if other.label == label]
        first = places[0] if places else len(self.rows)
        return replace(self, rows=(*self.rows[:first], row, *self.rows[first:]))

    def shown_by(self, other: "Message") -> "Message":
        """Return it about the call that `other` is about: its own cause, place and advice stay.

        What to do about an exception is said of the one that is shown.
        """
        replaced = _OF_CALL | ({Label.TO_DO} if other.find(Label.RAISED) else set())
        kept = self.without(replaced).rows
        shown = tuple([row for row in other.rows if row.label in replaced])
        return Message((*shown, *kept), other.snippet)

    def with_places(self, change: Callable[[Place], Place]) -> "Message":
        """Return it with each of its places changed."""
        rows = [replace(r, place=change(r.place)) if r.place is not None else r for r in self.rows]
        return replace(self, rows=tuple(rows))

    def for_notebook(self, overwritten: Collection[str] = ()) -> "Message":
        """Return it with Python for a cell, and which names of a kernel that would overwrite."""
        if self.snippet is None:
            return self
        lost = tuple([name for name in self.snippet.names if name in overwritten])
        return replace(self, snippet=replace(self.snippet, is_in_notebook=True, overwrites=lost))
