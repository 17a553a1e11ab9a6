"""Take several notebooks together that complete one another, each with names of its own.

They share the homework's functions and nothing else: a helper or a table that two of them have
under one name stays two things. A file of Python counts as a notebook of one cell.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.core.message import Place
from autograder.intake.listing import File, shown
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.reading import Cell, Notebook
from autograder.intake.notebook.statements import Cut, Statement

__all__ = ["Joined", "Source", "join", "join_with_files", "unmarked", "written_in"]

Files = Mapping[str, Collection[str]]

#: Put behind the names of the second notebook, once more for each further one: no name in Python
#: has it, and no sentence shows it.
_MARK = "\0"


@dataclass(frozen=True)
class Source:
    """A notebook, or a file of Python, that has functions of the homework."""

    file: File
    notebook: Notebook
    #: The functions that are written in it, each with what is the same for two of one text.
    written: Mapping[str, str]
    #: How many of the homework's functions it has at all, stubs too.
    defined: int
    #: The modules that its cells write to files.
    writes: Collection[str] = ()

    @property
    def name(self) -> str:
        """What sentences call it."""
        return shown(self.file.path.name)


@dataclass(frozen=True)
class Joined:
    """The cells of all sources, cut up, and on which line each source begins.

    `writes` has the modules that cells write to files, each with the place of its source.
    """

    cut: Cut
    writes: tuple[tuple[str, int], ...]
    starts: tuple[int, ...] = (1,)
    #: Modules, without ``.py``, that files give.
    files: frozenset[str] = frozenset()


def written_in(cut: Cut, files: Files, *, is_script: bool = False) -> dict[str, str]:
    """Return the functions that are written, each with a text that tells two versions apart."""
    import ast

    graded = {function for functions in files.values() for function in functions}
    found: dict[str, str] = {}
    for one in cut.statements:
        # What a script imports, it has from elsewhere: it may be a test.
        for name in (one.defines - one.imported if is_script else one.defines) & graded:
            found.pop(name, None)
            if one.problem is not None:
                found[name] = f"{one.place}: {one.problem.message}"
            elif not one.is_stub:
                found[name] = ast.dump(ast.parse(one.source))
    return found


def join(sources: Sequence[Source], files: Files) -> Joined:
    """Return the cells of sources in which no function is written in two ways, in this order."""
    writes = [
        (name, place)
        for place, source in enumerate(sources)
        for name in sorted(source.writes)
        if name not in files
    ]
    if len(sources) == 1:
        return Joined(cut_cells(sources[0].notebook.cells, own=files), tuple(writes))
    owners: dict[str, int] = {}
    for place, source in enumerate(sources):
        for name in source.written:
            owners.setdefault(name, place)
    cells: list[Cell] = []
    homes: dict[int, int] = {}
    for place, source in enumerate(sources):
        for cell in source.notebook.cells:
            number = len(cells) + 1
            homes[number] = place
            cells.append(replace(cell, number=number, home=_name_cell(cell, number, source)))
    cut = cut_cells(cells, own=files)
    graded = {function for functions in files.values() for function in functions}
    kept = [
        _without(one, {f for f, o in owners.items() if o != homes[one.cell]})
        for one in cut.statements
    ]
    statements = [_mark(one, homes[one.cell], graded) for one in kept if one is not None]
    firsts = {homes[number]: line for number, line in reversed(cut.first_lines.items())}
    starts = tuple([firsts[place] for place in sorted(firsts)])
    return Joined(replace(cut, statements=tuple(statements)), tuple(writes), starts)


def join_with_files(sources: Sequence[Source], files: Files, *, given: Files) -> Joined:
    """Return the cells of sources beside modules that are files, `given` with their functions.

    A cell that repeats such a function, or has its stub, yields to the file's.
    """
    imports = [f"from {file} import {name}" for file, names in given.items() for name in names]
    home = Place("", is_in_notebook=True, label="the imports of your .py files")
    rest = {file: names for file, names in files.items() if file not in given}
    extra = Cell(0, "\n".join(imports), home=home)
    cells = (extra, *sources[0].notebook.cells)
    first = replace(sources[0], notebook=replace(sources[0].notebook, cells=cells))
    joined = join([first, *sources[1:]], rest)
    named = {name for names in given.values() for name in names}
    statements = [
        one if one.place == home else _without(one, named) for one in joined.cut.statements
    ]
    kept = tuple([one for one in statements if one is not None])
    return replace(joined, cut=replace(joined.cut, statements=kept), files=frozenset(given))


def unmarked(name: str) -> str:
    """Return a name as it is in its notebook."""
    return name.rstrip(_MARK)


def _name_cell(cell: Cell, number: int, source: Source) -> Place:
    if cell.home is not None:
        return replace(cell.home, cell=number if cell.home.is_in_notebook else 0)
    label = f"cell {cell.number} of {source.name}"
    return Place("", cell=number, is_in_notebook=True, label=label)


def _without(statement: Statement, names: Collection[str]) -> Statement | None:
    """Return a statement without functions that another source gives; None where none is left."""
    if statement.defines.isdisjoint(names):
        return statement
    gives = statement.gives.difference(names)
    if not gives:
        return None
    return replace(
        statement,
        gives=gives,
        surely=statement.surely.difference(names),
        defines=statement.defines.difference(names),
    )


def _mark(statement: Statement, place: int, graded: Collection[str]) -> Statement:
    """Return a statement with names that are its notebook's own, but for the homework's."""
    if not place:
        return statement

    def mark(names: Collection[str]) -> frozenset[str]:
        return frozenset([name if name in graded else name + _MARK * place for name in names])

    inside = statement.inside
    return replace(
        statement,
        gives=mark(statement.gives),
        surely=mark(statement.surely),
        fills=mark(statement.fills),
        now=mark(statement.now),
        later=mark(statement.later),
        sets=mark(statement.sets),
        defines=mark(statement.defines),
        imported=mark(statement.imported),
        inside=None if inside is None else mark(inside),
    )
