"""Say of a line of a module that was made of a notebook which cell it stands in."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.core.records import CallOutcome, FileState, Line, Raised

__all__ = ["Places"]

#: The line above a message's Python.
_SEE_IT = "run this in the folder of your files:"


@dataclass(frozen=True)
class Places:
    """Where in a notebook what is in its modules.

    Attributes
    ----------
    firsts : tuple of int
        The first line of each code cell, among the lines of all.
    cells : tuple of str
        What a sentence calls each: ``"cell 5"``.
    functions : mapping of str to str
        For each ``file.function`` the cell that defines it.
    """

    firsts: tuple[int, ...]
    cells: tuple[str, ...]
    functions: Mapping[str, str]

    def located(self, outcome: CallOutcome) -> CallOutcome:
        """Return an outcome with the cells that its lines stand in."""
        if not isinstance(outcome, Raised):
            return outcome
        lines = tuple([self._line(line) for line in outcome.lines])
        is_unread = outcome.kind.endswith(("SyntaxError", "IndentationError", "TabError"))
        places = [line.place for line in lines]
        message = outcome.message
        if is_unread and len(set(places)) == 1 and not message.startswith(self.cells):
            message = f"{places[0]}: {message}"
        return replace(outcome, lines=lines, message=message)

    def located_file(self, state: FileState) -> FileState:
        """Return what became of a file with the cells that an exception's lines stand in."""
        if not isinstance(state.problem, Raised):
            return state
        problem = self.located(state.problem)
        assert isinstance(problem, Raised)
        return replace(state, problem=problem)

    def _line(self, line: Line) -> Line:
        at = bisect_right(self.firsts, line.number) - 1
        if at < 0:
            return line
        number = line.number - self.firsts[at] + 1
        return replace(line, place=f"{self.cells[at]}, line {number}")

    def worded(self, message: str, function: str) -> str:
        """Return a message that sends its reader to a cell where it named a file.

        Parameters
        ----------
        message : str
            As it is for a folder of files.
        function : str
            The ``file.function`` that it is about.
        """
        file, _, name = function.partition(".")
        where = self.functions.get(function, "the notebook")
        for words, others in (
            (f"look at    {file}.py, {name}", f"look at    {where}, {name}"),
            (f"{name} in {file}.py is not started", f"{name} in {where} is not started"),
            (f"{file}.py has no function", "the notebook has no function"),
            (_SEE_IT, "run this in a new cell at the end:"),
            (f"\nfrom {file} import {name}\n", "\n"),
        ):
            message = message.replace(words, others, 1)
        return message
