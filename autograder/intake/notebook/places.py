"""Say of a line of a module that was made of a notebook which cell it stands in."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.core.message import Message, Place
from autograder.core.records import SYNTAX_ERRORS, CallOutcome, FileState, Line, Raised

__all__ = ["Places"]


@dataclass(frozen=True)
class Places:
    """Where in a notebook what is in its modules.

    Attributes
    ----------
    firsts : tuple of int
        The first line of each code cell, among the lines of all.
    cells : tuple of int
        The number of each.
    functions : mapping of str to int
        For each ``file.function`` the cell that defines it.
    told : frozenset of str
        The messages of exceptions that name their cell already.
    """

    firsts: tuple[int, ...]
    cells: tuple[int, ...]
    functions: Mapping[str, int]
    told: frozenset[str] = frozenset()

    def located(self, outcome: CallOutcome) -> CallOutcome:
        """Return an outcome with the cells that its lines stand in."""
        return self._locate_exception(outcome) if isinstance(outcome, Raised) else outcome

    def located_file(self, state: FileState) -> FileState:
        """Return what became of a file with the cells that an exception's lines stand in."""
        if not isinstance(state.problem, Raised):
            return state
        return replace(state, problem=self._locate_exception(state.problem))

    def _locate_exception(self, raised: Raised) -> Raised:
        lines = tuple([self._locate_line(line) for line in raised.lines])
        places = {line.place for line in lines}
        is_unread = raised.kind in SYNTAX_ERRORS and raised.message not in self.told
        if not is_unread or len(places) != 1 or None in places:
            return replace(raised, lines=lines)
        return replace(raised, lines=lines, message=f"{places.pop()}: {raised.message}")

    def _locate_line(self, line: Line) -> Line:
        at = bisect_right(self.firsts, line.number) - 1
        if at < 0:
            return line
        number = line.number - self.firsts[at] + 1
        return replace(line, place=Place(line.file, "", number, self.cells[at], True))

    def locate(self, message: Message) -> Message:
        """Return a message that sends its reader to a cell where it named a file."""
        return message.with_places(self._locate_function).for_notebook()

    def _locate_function(self, place: Place) -> Place:
        if place.is_in_notebook:
            return place
        file = place.file.removesuffix(".py")
        cell = self.functions.get(f"{file}.{place.function}", 0)
        return replace(place, is_in_notebook=True, cell=cell)
