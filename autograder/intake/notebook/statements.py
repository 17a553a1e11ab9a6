"""Cut cells into statements, and say which names each one gives, changes and needs.

Nothing is run, only read. Names are those of the notebook's one namespace: which these are, and
which belong to a function, is left to Python's own `symtable`.
"""

import ast
import symtable
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.errors import IntakeError
from autograder.intake.notebook.definitions import defined_by, hidden_in, is_stub, looks_defined
from autograder.intake.notebook.depth import is_too_deep
from autograder.intake.notebook.magics import plain_cell
from autograder.intake.notebook.reading import Cell

__all__ = ["Problem", "Statement", "cut_cells"]

#: Statements at the top of all cells; a homework has two hundred.
MAX_STATEMENTS = 5000
TOO_MANY = f"the notebook has more than {MAX_STATEMENTS} statements: hand in the homework only"

#: The numbers of a cell's lines begin at a multiple of this.
LINES_STEP = 200

#: Methods and functions that fill what they are called on, or with.
_FILLING = frozenset(
    {"at", "copyto", "fill_diagonal", "heapify", "place", "put", "putmask", "setattr", "shuffle"}
)

_COMPREHENSIONS = frozenset({"genexpr", "listcomp", "setcomp", "dictcomp"})

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


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
        The modules that cells write into files.
    """

    statements: tuple[Statement, ...]
    first_lines: dict[int, int]
    left_out: tuple[tuple[int, str], ...]
    written: frozenset[str]


@dataclass
class _Names:
    """What is found in one statement's table of names."""

    gives: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)


def cut_cells(cells: Sequence[Cell], *, own: Collection[str]) -> Cut:
    """Cut the cells into statements.

    Parameters
    ----------
    cells : sequence of Cell
        A notebook's.
    own : collection of str
        The homework's module names: what is imported from them is in the notebook itself.

    Raises
    ------
    IntakeError
        If there are more statements than any homework has.
    """
    plains = {cell.number: plain_cell(cell.text) for cell in cells}
    written = frozenset([plain.writes for plain in plains.values()]) - {""}
    statements: list[Statement] = []
    first_lines: dict[int, int] = {}
    given: dict[str, set[str]] = {name: set() for name in written}
    following = 1
    for number, plain in plains.items():
        first_lines[number] = following
        new = list(_statements(plain.text, number, following, own={*own, *written}))
        given.get(plain.writes, set()).update(*[one.gives for one in new])
        statements += new
        # In steps: a line more in one cell leaves the numbers of the others as they are.
        following += (plain.text.count("\n") // LINES_STEP + 1) * LINES_STEP
        if len(statements) > MAX_STATEMENTS:
            raise IntakeError(TOO_MANY)
    left_out = [(number, words) for number, plain in plains.items() for words in plain.left_out]
    statements = [_with_module(one, given) for one in statements]
    return _with_calls_that_set(Cut(tuple(statements), first_lines, tuple(left_out), written))


def _with_module(statement: Statement, given: Mapping[str, Collection[str]]) -> Statement:
    """Let the import of a module that the notebook writes need all that is in it."""
    found = [given[name] for name in statement.imports & given.keys()]
    return replace(statement, now=statement.now.union(*found)) if found else statement


def _with_calls_that_set(cut: Cut) -> Cut:
    """Let what mentions a function that sets a name of the notebook's count as changing it."""
    setting: dict[str, frozenset[str]] = {}
    for statement in cut.statements:
        for name in statement.gives if statement.sets else ():
            setting[name] = setting.get(name, frozenset()) | statement.sets
    if not setting:
        return cut
    statements = []
    for statement in cut.statements:
        sets = [setting[name] for name in statement.now & setting.keys()]
        fills = statement.fills.union(*sets) - (statement.sets if statement.defines else set())
        statements.append(replace(statement, fills=fills))
    return replace(cut, statements=tuple(statements))


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
    names = _Names()
    _collect(symtable.symtable(statement.source, "cell", "exec"), names, is_top=True)
    decorated = bool(getattr(node, "decorator_list", []))
    imported = {name for inner in ast.walk(node) for name in _imported(inner)}
    surely = _surely(node)
    fills = frozenset(_filled(node, imported))
    return replace(
        statement,
        gives=frozenset(names.gives | (surely - {"*"})),
        surely=surely & names.gives,
        fills=fills,
        # A decorator may call what it decorates.
        now=frozenset(names.now | fills | (names.later if decorated else set())),
        later=frozenset(names.later),
        sets=frozenset(names.sets),
        defines=frozenset(defined_by(node)),
        takes_all="*" in imported,
        imports=frozenset([a.name for a in node.names] if isinstance(node, ast.Import) else ()),
        hides=frozenset(hidden_in(node)),
        is_stub=is_stub(node),
    )


def _collect(table: symtable.SymbolTable, names: _Names, *, is_top: bool) -> None:
    """Collect the names of the notebook's that a table and the tables in it mention."""
    kind = str(getattr(table.get_type(), "value", table.get_type()))
    runs_now = is_top or kind == "class" or table.get_name() in _COMPREHENSIONS
    is_lambda = table.get_name() == "lambda"
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if is_top or symbol.is_global():
            if symbol.is_assigned() or symbol.is_imported():
                (names.gives if runs_now else names.sets).add(name)
            if symbol.is_referenced() or not is_top:
                if runs_now or is_lambda:
                    names.now.add(name)
                if not runs_now:
                    names.later.add(name)
    inner = names if runs_now else _Later(names)
    for child in table.get_children():
        _collect(child, inner, is_top=False)


class _Later(_Names):
    """The same inside of a function: nothing of it runs now."""

    def __init__(self, names: _Names) -> None:
        super().__init__(names.sets, names.later, names.later, names.sets)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return []


def _surely(node: ast.stmt) -> frozenset[str]:
    """Return the names that have a new value, or none, after a statement."""
    if isinstance(node, _FUNCTION | ast.ClassDef):
        return frozenset([node.name])
    if isinstance(node, ast.Import | ast.ImportFrom):
        return frozenset(_imported(node))
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = list(node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    while any([isinstance(target, ast.Tuple | ast.List) for target in targets]):
        targets = [
            inner
            for target in targets
            for inner in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
        ]
    return frozenset([target.id for target in targets if isinstance(target, ast.Name)])


def running_now(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all in it that runs when it runs: no function's and no lambda's body."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if not isinstance(one, _FUNCTION | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(one))


def _filled(node: ast.AST, imported: Collection[str]) -> Iterator[str]:
    """Yield the names whose values a statement changes."""
    for one in running_now(node):
        if isinstance(one, ast.Subscript | ast.Attribute):
            if not isinstance(one.ctx, ast.Load):
                yield from _root(one)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            called = one.value.func
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if isinstance(called, ast.Attribute):
                yield from _root(called)
            if last in _FILLING and one.value.args:
                yield from _root(one.value.args[0])


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
