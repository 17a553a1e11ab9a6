"""Tell which of the notebook's names a statement gives and needs.

Which names are the notebook's, and which belong to a function, is left to Python's own `symtable`.
"""

import ast
import symtable
from dataclasses import dataclass, field

__all__ = ["Names", "names_in"]

_COMPREHENSIONS = frozenset({"genexpr", "listcomp", "setcomp", "dictcomp"})

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Names:
    """The names that one statement gives and needs.

    Attributes
    ----------
    gives, surely, now, later, sets : set of str
        As in `autograder.intake.notebook.statements.Statement`.
    imported : set of str
        What it imports, under the names that it gives to that.
    """

    gives: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    surely: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)


def names_in(source: str, node: ast.stmt) -> Names:
    """Return the names of a statement.

    Parameters
    ----------
    source : str
        The statement's text.
    node : ast.stmt
        The same, parsed.

    Raises
    ------
    SyntaxError
        If Python can't tell whose its names are.
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
