"""The statements of a notebook's cells, with the names that each one gives, changes and needs.

Which names are the notebook's, and which belong to a function, is left to Python's own `symtable`.
A name keeps its value and the value gets other content where a statement says so itself: by
``TABLE["a"] = 0.0``, ``TABLE.append(1)`` or ``np.copyto(TABLE, 0.0)``. What a call of a helper
changes is not followed: `autograder.intake.notebook.remarks` says so.
"""

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograder.core.message import Place
from autograder.core.records import OtherContent

__all__ = [
    "Cut",
    "Names",
    "Problem",
    "Statement",
    "called_on",
    "filled_by",
    "leading_to",
    "names_in",
    "running_now",
]

_COMPREHENSIONS = frozenset({"genexpr", "listcomp", "setcomp", "dictcomp"})

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

#: Methods of Python's containers and numpy's arrays that change what they are called on.
_FILLING = frozenset(
    {"add", "append", "appendleft", "clear", "difference_update", "discard", "extend"}
    | {"extendleft", "fill", "insert", "intersection_update", "itemset", "partition", "pop"}
    | {"popitem", "popleft", "put", "remove", "resize", "reverse", "rotate", "setdefault"}
    | {"setfield", "setflags", "sort", "symmetric_difference_update", "update", "__setitem__"}
)

#: Their functions, and methods, that change what they are called with first.
_FILLING_FIRST = frozenset(
    {"at", "copyto", "fill_diagonal", "heapify", "heappush", "next", "place", "put", "putmask"}
    | {"setattr", "shuffle"}
)


@dataclass(frozen=True)
class Problem:
    """Why a cell can't be read: Python's message, and where in the cell.

    `instead` is what it holds instead of Python, where that is known.
    """

    message: str
    line: int
    column: int
    text: str
    instead: OtherContent | None = None


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell: where it begins, its text, and the names in it."""

    cell: int
    #: In the cell, from 1, and among the lines of all cells.
    line: int
    number: int
    source: str
    #: What it gives a value, or takes it from; of these what keeps nothing of an earlier value.
    gives: frozenset[str] = frozenset()
    surely: frozenset[str] = frozenset()
    #: What keeps its value, of which it may change a part.
    fills: frozenset[str] = frozenset()
    #: What it needs when it runs, and when what it defines is called.
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    #: What a function of it gives a value when it is called.
    sets: frozenset[str] = frozenset()
    #: Those of `gives` that may become a function.
    defines: frozenset[str] = frozenset()
    #: Whether it is a star import, which may give any name.
    takes_all: bool = False
    #: In its line, from 0.
    column: int = 0
    #: The functions that are defined inside of it, where no one else can call them.
    hides: frozenset[str] = frozenset()
    #: Whether it is a function that is still to be written.
    is_stub: bool = False
    #: The modules that it imports as such, and all that it imports by the names that it gets.
    imports: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    #: Whether something is called when it runs.
    is_calling: bool = False
    #: Of a method's call that is all of it, the name that the method is called on; else empty.
    called_on: str = ""
    #: What the function or class that it defines changes when it is called, its own local names
    #: too; None where it defines none.
    inside: frozenset[str] | None = None
    #: Why it can't run: it then stands for all that its cell defines.
    problem: Problem | None = None
    #: Its cell, or the line of a file of Python.
    place: Place = field(default_factory=lambda: Place(""))


@dataclass(frozen=True)
class Cut:
    """All cells, cut up into statements, in order."""

    statements: tuple[Statement, ...]
    #: By cell, the number of its first line among the lines of all cells, and where it stands.
    first_lines: dict[int, int]
    places: dict[int, Place]
    #: Each cell's number, with the first words of what is no Python in it.
    left_out: tuple[tuple[int, str], ...]
    #: The modules that cells write into files, or are pieces of; the first of these alone.
    written: frozenset[str]
    writing: frozenset[str]
    #: The modules of Python's own, and numpy, into whose names cells write: left out.
    shadowing: frozenset[str] = frozenset()


@dataclass
class Names:
    """The names that one statement gives and needs, as in `Statement`."""

    gives: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    surely: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)


def names_in(source: str, node: ast.stmt) -> Names:
    """Return the names of a statement, given as text and parsed.

    It is a `SyntaxError` if Python can't tell whose its names are.
    """
    names = Names()
    _collect(symtable.symtable(source, "cell", "exec"), names, is_top=True)
    names.imported = {name for inner in ast.walk(node) for name in _imported(inner)}
    surely = _surely(node)
    names.gives |= surely - {"*"}
    names.surely = set(surely & names.gives)
    if getattr(node, "decorator_list", []):  # a decorator may call what it decorates
        names.now |= names.later
    return names


def _collect(table: symtable.SymbolTable, names: Names, *, is_top: bool) -> None:
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


class _Later(Names):
    """The same inside of a function: nothing of it runs now."""

    def __init__(self, names: Names) -> None:
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
        if isinstance(one, _FUNCTION):
            waiting.extend(one.decorator_list)
        elif not isinstance(one, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(one))


def filled_by(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names whose values some nodes change, each by itself."""
    return frozenset([name for node in nodes for name in _filled_by_one(node)]) - {""}


def _filled_by_one(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield _root(node)
    elif isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in _FILLING:
            yield _root(called)
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if last in _FILLING_FIRST and node.args:
            yield _root(node.args[0])
        yield from [_root(one.value) for one in node.keywords if one.arg == "out"]


def called_on(node: ast.AST) -> str:
    """Return the name that a method is called on, where its call is a statement; else empty."""
    call = node.value if isinstance(node, ast.Expr) else None
    is_method = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    return _root(call.func) if is_method else ""  # type: ignore[union-attr]


def _root(node: ast.expr) -> str:
    """Return the name that an expression is, or is a part of; empty for none."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def leading_to(names: Iterable[str], statements: Iterable[Statement]) -> frozenset[str]:
    """Return the names whose values may come to use one of `names`, and these."""
    users: dict[str, set[str]] = {}
    for one in statements:
        for name in one.now | one.later:
            users.setdefault(name, set()).update(one.gives)
    found = set(names)
    waiting = [*found]
    while waiting:
        new = users.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)
