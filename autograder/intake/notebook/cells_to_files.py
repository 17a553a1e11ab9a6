"""Turn a notebook into files: where its metadata say so, and else by the functions' names.

A cell that says which file it is a piece of goes there
(`autograder.intake.notebook.files_to_cells`). What
the homework's functions need of other cells, found as for grading, joins the files that need it,
with imports of each other's functions.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autograder.intake.names import is_fit, is_python
from autograder.intake.notebook.cell_source import plain_cell
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.files_to_cells import digest, encoded, with_imports
from autograder.intake.notebook.modules import needed_without_others, without_other_uses
from autograder.intake.notebook.reading import Cell, Notebook, with_newlines
from autograder.intake.notebook.statements import Statement

__all__ = ["Files", "files_of"]

#: What parts two functions, and ends a file, where nobody says otherwise.
APART, END = "\n\n\n", "\n"

#: Cells that are there for the notebook only.
ROLES = ("check", "setup", "text")


@dataclass(frozen=True)
class Files:
    """What a notebook came to as files.

    Attributes
    ----------
    contents : dict of str to bytes
        By name.
    remarks : tuple of str
        What does not go without saying.
    """

    contents: dict[str, bytes]
    remarks: tuple[str, ...]


def files_of(notebook: Notebook, wanted: Mapping[str, Collection[str]]) -> Files:
    """Return the files that a notebook holds.

    Parameters
    ----------
    notebook : Notebook
        Read already.
    wanted : mapping of str to collection of str
        The homework's functions by module.

    Raises
    ------
    IntakeError
        If there is too much in it.
    """
    way = _Way(notebook, wanted)
    names = [*way.pieces, *[f"{file}.py" for file in wanted if f"{file}.py" not in way.pieces]]
    contents = {}
    for name in names:
        text = way.text(name)
        if text or name in way.pieces:
            contents[name] = encoded(text, way.form(name))
    return Files(contents, (*notebook.remarks, *way.remarks()))


def _dict(place: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = place.get(name)
    return value if isinstance(value, dict) else {}


@dataclass
class _Way:
    """One notebook on its way into files."""

    notebook: Notebook
    wanted: Mapping[str, Collection[str]]
    used: set[int] = field(default_factory=set)

    @cached_property
    def pieces(self) -> dict[str, list[Cell]]:
        """The cells that say which file they are a piece of, by the file, in its order."""
        found: dict[str, list[tuple[int, Cell]]] = {}
        for cell in self.notebook.cells:
            file, piece = cell.about.get("file"), cell.about.get("piece")
            if isinstance(file, str) and is_python(file) and is_fit(file) and type(piece) is int:
                found.setdefault(file, []).append((piece, cell))
        return {
            file: [cell for _, cell in sorted(cells, key=lambda pair: pair[0])]
            for file, cells in found.items()
        }

    @cached_property
    def graded(self) -> dict[str, str]:
        """The file of each of the homework's functions."""
        return {name: file for file, names in self.wanted.items() for name in names}

    @cached_property
    def statements(self) -> list[Statement]:
        """All that the cells say, as for grading."""
        cut = cut_cells(self.notebook.cells, own=self.wanted)
        return [without_other_uses(one, self.graded) for one in cut.statements]

    @cached_property
    def needed(self) -> dict[str, tuple[int, ...]]:
        """What each of the homework's files needs."""
        return needed_without_others(self.statements, self.wanted)

    def form(self, name: str) -> dict[str, Any]:
        """Return what the notebook says of a file as a whole."""
        return _dict(_dict(self.notebook.about, "files"), name)

    @cached_property
    def settled(self) -> frozenset[int]:
        """The cells of files that are as they were when the notebook was made of them."""
        same = [name for name in self.pieces if self._is_as_it_was(name)]
        return frozenset([cell.number for name in same for cell in self.pieces[name]])

    def _is_as_it_was(self, name: str) -> bool:
        content = encoded("".join(self._parts(name, plain=False)), self.form(name))
        return digest(content) == self.form(name).get("digest")

    def _parts(self, name: str, *, plain: bool) -> tuple[str, str]:
        """Return what a file's cells have of it: before its first function, and after that."""
        own = self.pieces.get(name, [])
        written = [_written(cell, is_last=cell is own[-1], plain=plain) for cell in own]
        at = 1 if own and own[0].about["piece"] == 0 else 0
        return self._head(name, own) + "".join(written[:at]), "".join(written[at:])

    def text(self, name: str) -> str:
        """Return a file's text."""
        own = self.pieces.get(name, [])
        is_settled = bool(own) and own[0].number in self.settled
        head, rest = self._parts(name, plain=not is_settled)
        top, end = self._added(name.removesuffix(".py"), own, self._head(name, own))
        if top:
            head = _joined([head.rstrip("\n"), *top]) + (APART if rest else END)
        text = head + rest
        return _joined([text.rstrip("\n"), *end]) + END if end else text

    def _head(self, name: str, own: Sequence[Cell]) -> str:
        """Return what stands before a file's first function where no cell has it."""
        head = _dict(self.notebook.about, "heads").get(name)
        has_cell = bool(own) and own[0].about["piece"] == 0
        return head if isinstance(head, str) and own and not has_cell else ""

    def _added(self, file: str, own: Sequence[Cell], head: str) -> tuple[list[str], list[str]]:
        """Return what other cells have for a file: before its functions, and at its end."""
        if file not in self.wanted:
            return [], []
        cells = {cell.number for cell in own}
        indices = self.needed[file]
        mine = [self.statements[i] for i in indices if self.statements[i].cell in cells]
        bound = {name for one in self.statements if one.cell in cells for name in one.gives}
        for cell in own:
            bound |= _imported(with_imports("", cell.about.get("imports")))
        bound |= _imported(head)
        top: list[str] = []
        end: list[str] = []
        for index in indices:
            one = self.statements[index]
            is_function = not one.defines.isdisjoint(self.wanted[file])
            is_there = one.cell in cells | self.settled or (
                not is_function and one.gives | one.fills <= bound
            )
            if is_there or one.problem is not None:
                continue
            self.used.add(one.cell)
            mine.append(one)
            if one.source in [other.source for other in mine[:-1] if one.imports or other.imports]:
                continue  # 'import numpy as np' again
            (end if is_function and own else top).append(self._source(one))
        if cells and cells <= self.settled and not end:
            return [], []
        return [*self._imports(file, mine, bound), *top], end

    def _imports(
        self, file: str, statements: Sequence[Statement], bound: Collection[str]
    ) -> list[str]:
        """Return the imports of other files' functions that a file needs."""
        names = {name for one in statements for name in one.now | one.later}
        others: dict[str, list[str]] = {}
        for name in sorted(names & self.graded.keys() - set(bound) - set(self.wanted[file])):
            others.setdefault(self.graded[name], []).append(name)
        return [f"from {other} import {', '.join(names)}" for other, names in others.items()]

    def _source(self, statement: Statement) -> str:
        """Return a statement with the comments right above it."""
        cell = next(cell for cell in self.notebook.cells if cell.number == statement.cell)
        above = plain_cell(cell.text).text.split("\n")[: statement.line - 1]
        first = len(above)
        while first > 0 and above[first - 1].startswith("#"):
            first -= 1
        return "\n".join([*above[first:], statement.source])

    def remarks(self) -> Iterator[str]:
        """Yield what does not go without saying; after the texts."""
        placed = {cell.number for cells in self.pieces.values() for cell in cells}
        left = [
            str(cell.number)
            for cell in self.notebook.cells
            if cell.number not in placed | self.used
            and cell.about.get("role") not in ROLES
            and cell.text.strip()
        ]
        if left:
            yield (
                f"Left out, since no function of the homework needs them: cells {', '.join(left)}."
            )
        broken = [one for one in self.statements if one.problem and one.cell not in placed]
        for one in broken:
            assert one.problem is not None
            yield f"Cell {one.cell} can't be read (line {one.line}: {one.problem.message})."


def _written(cell: Cell, *, is_last: bool, plain: bool) -> str:
    """Return a cell's text as it stands in its file; `plain`, without what only Jupyter knows."""
    exact = cell.about.get("exact")
    text = exact if isinstance(exact, str) and with_newlines(exact) == cell.text else cell.text
    if plain and (python := plain_cell(cell.text)).left_out:
        text = python.text
    after = cell.about.get("after")
    if not isinstance(after, str) or after.strip("\n"):
        text, after = text.rstrip("\n"), END if is_last else APART
    return with_imports(text + after, cell.about.get("imports"))


def _imported(text: str) -> set[str]:
    statements = cut_cells([Cell(1, text)], own={}).statements
    return {name for one in statements for name in one.gives}


def _joined(parts: Sequence[str]) -> str:
    """Return statements as a file has them: apart where one is a function or a class."""
    text = ""
    for part in parts:
        last = text.rpartition("\n")[2]
        is_apart = part.startswith(("def ", "class ", "async ", "@", "#")) or last.startswith(" ")
        text += (APART if is_apart else "\n") * bool(text) + part
    return text
