"""The statements of a notebook's cells, with the names that each one gives, changes and needs."""

from dataclasses import dataclass

from autograder.intake.notebook.effects_of_code import Body, Call

__all__ = ["Cut", "Problem", "Statement"]


@dataclass(frozen=True)
class Problem:
    """Why a cell can't be read: Python's message, and where in the cell."""

    message: str
    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell.

    Attributes
    ----------
    cell, line : int
        Where it begins: the cell's number, and the line in it, from 1.
    number : int
        The same as one number: of the line among the lines of all cells.
    source : str
        Its text.
    gives : frozenset of str
        The names that it gives a value, or takes it from.
    surely : frozenset of str
        Those of them that have nothing of an earlier value afterwards.
    fills : frozenset of str
        The names whose value it may change.
    now, later : frozenset of str
        The names that it needs when it runs, and when what it defines is called.
    sets : frozenset of str
        The names that a function of it gives a value when it is called.
    defines : frozenset of str
        Those of `gives` that may become a function.
    takes_all : bool
        Whether it is a star import, which may give any name.
    column : int
        Where it begins in its line.
    hides : frozenset of str
        The functions that are defined inside of it, where nobody else can call them.
    is_stub : bool
        Whether it is a function that is still to be written.
    imports : frozenset of str
        The modules that it imports as such.
    calls : tuple of Call
        What it calls when it runs.
    body : Body or None
        What the function or the class does that it defines.
    may_be : frozenset of str
        The functions that a value of its may be, or may call.
    imported : frozenset of str
        What it imports, under the names that it gives to that.
    problem : Problem or None
        Why it can't run: it then stands for all that its cell defines.
    """

    cell: int
    line: int
    number: int
    source: str
    gives: frozenset[str] = frozenset()
    surely: frozenset[str] = frozenset()
    fills: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    takes_all: bool = False
    column: int = 0
    hides: frozenset[str] = frozenset()
    is_stub: bool = False
    imports: frozenset[str] = frozenset()
    calls: tuple[Call, ...] = ()
    body: Body | None = None
    may_be: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    problem: Problem | None = None


@dataclass(frozen=True)
class Cut:
    """All cells, cut up.

    Attributes
    ----------
    statements : tuple of Statement
        In order.
    first_lines : dict of int to int
        By cell, the number of its first line among the lines of all cells.
    left_out : tuple of tuple
        Each cell's number, with the first words of what is no Python in it.
    written : frozenset of str
        The modules that cells write into files, or are pieces of.
    writing : frozenset of str
        The first of these alone.
    shadowing : frozenset of str
        The modules of Python's own, and numpy, into whose names cells write: left out.
    """

    statements: tuple[Statement, ...]
    first_lines: dict[int, int]
    left_out: tuple[tuple[int, str], ...]
    written: frozenset[str]
    writing: frozenset[str]
    shadowing: frozenset[str] = frozenset()
