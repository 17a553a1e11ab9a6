"""Cut cells into statements, and say which names each one gives, changes and needs.

Nothing is run, only read. Names are those of the notebook's one namespace: which these are, and
which belong to a function, is left to Python's own `symtable`.
"""

import ast
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.errors import IntakeError
from autograder.intake.notebook.definitions import defined_by, hidden_in, is_stub, looks_defined
from autograder.intake.notebook.depth import is_too_deep
from autograder.intake.notebook.magics import plain_cell
from autograder.intake.notebook.names import names_in
from autograder.intake.notebook.reading import Cell

__all__ = ["Cut", "Problem", "Statement", "cut_cells"]

#: Statements at the top of all cells; a homework has two hundred.
MAX_STATEMENTS = 5000
TOO_MANY = f"the notebook has more than {MAX_STATEMENTS} statements: hand in the homework only"
TOO_DEEP = "the notebook's cells are nested too deeply to be read: write them more simply"

#: No module of a student's takes the place of one of these.
FOUND_FIRST = sys.stdlib_module_names | {"", "numpy"}

#: The numbers of a cell's lines begin at a multiple of this.
LINES_STEP = 200


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
    called_on : frozenset of str
        What it calls, or calls a method of, for its own sake.
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
    called_on: frozenset[str] = frozenset()
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
    """

    statements: tuple[Statement, ...]
    first_lines: dict[int, int]
    left_out: tuple[tuple[int, str], ...]
    written: frozenset[str]
    writing: frozenset[str]


def cut_cells(cells: Sequence[Cell], *, own: Mapping[str, Collection[str]]) -> Cut:
    """Cut the cells into statements.

    Parameters
    ----------
    cells : sequence of Cell
        A notebook's.
    own : mapping of str to collection of str
        The homework's functions by module: what is imported from them is in the notebook itself.

    Raises
    ------
    IntakeError
        If there are more statements than any homework has, or one can't be looked at.
    """
    try:
        return _cut(cells, own)
    except (RecursionError, MemoryError):
        raise IntakeError(TOO_DEEP) from None


def _cut(cells: Sequence[Cell], own: Mapping[str, Collection[str]]) -> Cut:
    plains = {cell.number: plain_cell(cell.text) for cell in cells}
    modules = {cell.number: plains[cell.number].writes or _module(cell) for cell in cells}
    written = frozenset(modules.values()) - FOUND_FIRST
    statements: list[Statement] = []
    first_lines: dict[int, int] = {}
    given: dict[str, set[str]] = {name: set() for name in written}
    following = 1
    for number, plain in plains.items():
        first_lines[number] = following
        new = list(_statements(plain.text, number, following, own={*own, *written}))
        given.get(modules[number], set()).update(*[one.gives for one in new])
        statements += new
        # In steps: a line more in one cell leaves the numbers of the others as they are.
        following += (plain.text.count("\n") // LINES_STEP + 1) * LINES_STEP
        if len(statements) > MAX_STATEMENTS:
            raise IntakeError(TOO_MANY)
    left_out = [(number, words) for number, plain in plains.items() for words in plain.left_out]
    statements = _with_calls([_with_module(one, given) for one in statements], own)
    writing = frozenset([plain.writes for plain in plains.values()]) - {""}
    return Cut(tuple(statements), first_lines, tuple(left_out), written, writing)


def _module(cell: Cell) -> str:
    """Return the module that a cell is a piece of, as `convert` says; empty for none."""
    file = cell.about.get("file")
    name = file.removesuffix(".py") if isinstance(file, str) else ""
    return name if name.isidentifier() else ""


def _with_module(statement: Statement, given: Mapping[str, Collection[str]]) -> Statement:
    """Let the import of a module that the notebook writes need all that is in it."""
    found = [given[name] for name in statement.imports & given.keys()]
    return replace(statement, now=statement.now.union(*found)) if found else statement


def _with_calls(
    statements: Sequence[Statement], own: Mapping[str, Collection[str]]
) -> list[Statement]:
    """Let calls for their own sake change what they may change: data, and names that are set.

    A function of an imported module changes nothing here, and a call of the homework's own
    functions is a trial, or training.
    """
    others = {name for one in statements for name in one.imported}.union(*own.values())
    setting: dict[str, frozenset[str]] = {}
    for one in statements:
        for name in one.gives - others if one.sets else ():
            setting[name] = setting.get(name, frozenset()) | one.sets
    described = []
    for one in statements:
        called = one.called_on - others
        filled = called.union(*[setting[name] for name in called & setting.keys()])
        described.append(replace(one, fills=one.fills | filled, now=one.now | called))
    return described


def _statements(text: str, cell: int, first: int, *, own: Collection[str]) -> Iterator[Statement]:
    if not text.strip():
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from _parsed(text, cell, first, own)
    except SyntaxError as error:
        at = min(max(error.lineno or 1, 1), text.count("\n") + 1)
        shown = text.split("\n")[at - 1]
        yield _broken(text, cell, first, Problem(error.msg, at, error.offset or 0, shown))
    except (RecursionError, MemoryError):
        reason = "it is nested too deeply for Python to read"
        yield _broken(text, cell, first, Problem(reason, 1, 0, text.split("\n")[0]))
    except ValueError as error:  # a null byte, half a character
        yield _broken(text, cell, first, Problem(str(error)[:200], 1, 0, ""))


def _broken(text: str, cell: int, first: int, problem: Problem) -> Statement:
    names = looks_defined(text)
    number = first + problem.line - 1
    return Statement(cell, problem.line, number, "", names, names, defines=names, problem=problem)


def _parsed(text: str, cell: int, first: int, own: Collection[str]) -> list[Statement]:
    if is_too_deep(text):
        raise RecursionError
    lines = text.split("\n")
    statements: list[Statement] = []
    body = ast.parse(text).body
    if len(body) > MAX_STATEMENTS:
        raise IntakeError(TOO_MANY)
    for node in body:
        if is_left_out(node):
            continue
        line, source = _source(lines, node)
        statement = Statement(cell, line, first + line - 1, source, column=node.col_offset)
        if isinstance(node, ast.ImportFrom) and node.module in own:
            pairs = [(a.asname, a.name) for a in node.names if a.asname not in (None, a.name)]
            for number, (name, meant) in enumerate(pairs):
                alias = ast.parse(f"{name} = {meant}").body[0]
                column = node.col_offset + number
                one = replace(statement, source=f"{name} = {meant}", column=column)
                statements.append(_described(one, alias))
        else:
            statements.append(_described(statement, node))
    return statements


def is_left_out(node: ast.stmt) -> bool:
    """Tell whether a statement has nothing to do here: it defines nothing that is handed in."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    if isinstance(node, ast.If):  # if __name__ == "__main__":
        return any([isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)])
    return isinstance(node, ast.Pass)


def _source(lines: Sequence[str], node: ast.stmt) -> tuple[int, str]:
    """Return a statement's first line and its text, which may share its lines with others."""
    starts = [node, *getattr(node, "decorator_list", [])]
    first = min([start.lineno for start in starts])
    own = list(lines[first - 1 : node.end_lineno])
    own[-1] = own[-1].encode()[: node.end_col_offset].decode()
    if first == node.lineno:
        own[0] = own[0].encode()[node.col_offset :].decode()
    return first, "\n".join(own)


def _described(statement: Statement, node: ast.stmt) -> Statement:
    """Return a statement with its names."""
    names = names_in(statement.source, node)
    is_import = isinstance(node, ast.Import)
    return replace(
        statement,
        gives=frozenset(names.gives),
        surely=frozenset(names.surely),
        fills=frozenset(names.fills),
        now=frozenset(names.now),
        later=frozenset(names.later),
        sets=frozenset(names.sets),
        defines=frozenset(defined_by(node)),
        takes_all="*" in names.imported,
        called_on=frozenset(names.called_on),
        imported=frozenset(names.imported),
        imports=frozenset([alias.name for alias in node.names] if is_import else ()),  # type: ignore[attr-defined]
        hides=frozenset(hidden_in(node)),
        is_stub=is_stub(node),
    )
