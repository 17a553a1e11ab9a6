"""Cut cells into statements, and say which names each one gives, changes and needs.

Nothing is run, only read. ``for step in range(1000)`` and ``mean = mean(x)`` use a homework
function's name for something else. They are no definitions: to run them would be to run a student's
training.
"""

import ast
import re
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.core.message import Place
from autograder.errors import IntakeError
from autograder.intake.between_lines import recognize_text
from autograder.intake.notebook.reading import Cell
from autograder.intake.notebook.statements import (
    Cut,
    Problem,
    Statement,
    called_on,
    filled_by,
    leading_to,
    names_in,
    running_now,
)
from autograder.intake.python_source import PlainCell, is_stub, parsed, plain_cell

__all__ = ["cut_cells"]

#: Statements at the top of all cells; a homework has two hundred.
MAX_STATEMENTS = 5000
TOO_MANY = f"the notebook has more than {MAX_STATEMENTS} statements: submit the homework only"
TOO_DEEP = "cell {} is nested too deeply to be read: write it more simply"

#: No module of a student's takes the place of one of these.
FOUND_FIRST = sys.stdlib_module_names | {"", "numpy"}

#: The numbers of a cell's lines begin at a multiple of this.
LINES_STEP = 200

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

_LOOKS = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(?P<name>\w+)", re.MULTILINE)

#: Functions of numpy's that return functions.
_MAKERS = frozenset({"vectorize", "frompyfunc"})


def cut_cells(
    cells: Sequence[Cell],
    *,
    own: Mapping[str, Collection[str]],
    max_statements: int = MAX_STATEMENTS,
) -> Cut:
    """Cut the cells into statements.

    What is imported from `own`, the homework's functions by module, is in the notebook itself. It
    is an `IntakeError` if there are more statements than `max_statements`, or one can't be looked
    at.
    """
    plains = {cell.number: _plain(cell) for cell in cells}
    places = {cell.number: cell.place for cell in cells}
    modules = {cell.number: plains[cell.number].writes or _module(cell) for cell in cells}
    written = frozenset(modules.values()) - FOUND_FIRST
    statements: list[Statement] = []
    first_lines: dict[int, int] = {}
    given: dict[str, set[str]] = {name: set() for name in written}
    following = 1
    for number, plain in plains.items():
        first_lines[number] = following
        new = list(_statements(plain.text, number, following, own={*own, *written}))
        new = [replace(one, place=_place(places[number], one.line)) for one in new]
        given.get(modules[number], set()).update(*[one.gives for one in new])
        statements += new
        # In steps: a line more in one cell leaves the numbers of the others as they are.
        following += (plain.text.count("\n") // LINES_STEP + 1) * LINES_STEP
        if len(statements) > max_statements:
            raise IntakeError(TOO_MANY)
    left_out = [(number, words) for number, plain in plains.items() for words in plain.left_out]
    graded = [name for names in own.values() for name in names]
    statements = [_with_module(one, given) for one in _that_count(statements)]
    writing = frozenset([plain.writes for plain in plains.values()]) - {""}
    return Cut(
        tuple(_with_methods(statements, leading_to(graded, statements))),
        first_lines,
        places,
        tuple(left_out),
        written,
        writing=writing - FOUND_FIRST,
        shadowing=writing & FOUND_FIRST,
    )


def _place(cell: Place, line: int) -> Place:
    """Return where a statement stands: in its cell, or at its line of a file."""
    return cell if cell.is_in_notebook else replace(cell, line=line)


def _that_count(statements: Sequence[Statement]) -> list[Statement]:
    """Let what can't be read take the place of nothing that is written: no kernel runs it."""
    read = [one.defines for one in statements if one.problem is None and not one.is_stub]
    written = frozenset[str]().union(*read)
    return [one if one.problem is None else _without(one, written) for one in statements]


def _without(statement: Statement, names: frozenset[str]) -> Statement:
    return replace(
        statement,
        gives=statement.gives - names,
        surely=statement.surely - names,
        defines=statement.defines - names,
    )


def _plain(cell: Cell) -> PlainCell:
    try:
        plain = plain_cell(cell.text)
    except (RecursionError, MemoryError):
        raise IntakeError(TOO_DEEP.format(cell.number)) from None
    return replace(plain, text="") if plain.writes in FOUND_FIRST - {""} else plain


def _module(cell: Cell) -> str:
    """Return the module that a cell is a piece of, as `convert` says; empty for none."""
    file = cell.about.get("file")
    name = file.removesuffix(".py") if isinstance(file, str) else ""
    return name if name.isidentifier() else ""


def _with_module(statement: Statement, given: Mapping[str, Collection[str]]) -> Statement:
    """Let the import of a module that the notebook writes need all that is in it."""
    found = [given[name] for name in statement.imports & given.keys()]
    return replace(statement, now=statement.now.union(*found)) if found else statement


def _with_methods(statements: Sequence[Statement], trying: Collection[str]) -> Iterator[Statement]:
    """Let a method's call, where it is a statement, change what the method is called on.

    Not of a module, which has functions, nor of what may come to call the homework's functions:
    that is a trial or a training.
    """
    modules = frozenset().union(*[one.imported for one in statements if one.imports])
    for one in statements:
        is_change = bool(one.called_on) and one.called_on not in modules
        is_change = is_change and one.now.isdisjoint(trying)
        yield replace(one, fills=one.fills | {one.called_on}) if is_change else one


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
        instead = recognize_text(text, "cell")
        yield _broken(text, cell, first, Problem(error.msg, at, error.offset or 0, shown, instead))
    except (RecursionError, MemoryError):
        reason = "it is nested too deeply for Python to read"
        yield _broken(text, cell, first, Problem(reason, 1, 0, text.split("\n")[0]))
    except ValueError as error:  # a null byte, half a character
        yield _broken(text, cell, first, Problem(str(error)[:200], 1, 0, ""))


def _broken(text: str, cell: int, first: int, problem: Problem) -> Statement:
    names = _looks_defined(text)
    number = first + problem.line - 1
    return Statement(cell, problem.line, number, "", names, names, defines=names, problem=problem)


def _parsed(text: str, cell: int, first: int, own: Collection[str]) -> list[Statement]:
    lines = text.split("\n")
    statements: list[Statement] = []
    body = parsed(text).body
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
    """Tell whether a statement has nothing to do here: it defines nothing that is submitted."""
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
    running = list(running_now(node))
    fills = filled_by(running)
    is_import = isinstance(node, ast.Import)
    return replace(
        statement,
        gives=frozenset(names.gives),
        surely=frozenset(names.surely),
        fills=fills,
        now=fills.union(names.now),
        later=frozenset(names.later),
        sets=frozenset(names.sets),
        defines=frozenset(_defined_by(node)),
        takes_all="*" in names.imported,
        is_calling=any([isinstance(one, ast.Call) for one in running])
        or bool(getattr(node, "decorator_list", [])),
        called_on=called_on(node),
        inside=_changed_inside(node),
        imported=frozenset(names.imported),
        imports=frozenset([alias.name for alias in node.names] if is_import else ()),  # type: ignore[attr-defined]
        hides=frozenset(_hidden_in(node)),
        is_stub=is_stub(node),
    )


def _changed_inside(node: ast.stmt) -> frozenset[str] | None:
    """Return what a function or a class changes when it is called, None for other statements."""
    if not isinstance(node, _FUNCTION | ast.ClassDef):
        return None
    inner = list(ast.walk(node))
    own = {one.arg for one in inner if isinstance(one, ast.arg)}
    added = [one.target for one in inner if isinstance(one, ast.AugAssign)]  # t += 1, of an array
    names = own.intersection([one.id for one in added if isinstance(one, ast.Name)])
    return filled_by(inner).union(names, map(called_on, inner)) - {""}


def _looks_defined(text: str) -> frozenset[str]:
    """Return the functions and classes that a text which Python can't read seems to define.

    What looks like ``name = ...`` is none: where Python stopped, it may be the use of a function.
    """
    return frozenset(_LOOKS.findall(text))


def _defined_by(node: ast.stmt) -> Iterator[str]:
    """Yield the names that may be a function after a statement."""
    if isinstance(node, _FUNCTION | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ImportFrom):
        yield from [alias.asname or alias.name for alias in node.names]
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned(target, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _assigned(node.target, node.value)
    else:
        for branch in ("body", "handlers", "orelse", "finalbody", "cases"):
            for inner in getattr(node, branch, []):
                yield from _defined_by(inner)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _assigned(one, its)
    elif isinstance(target, ast.Name) and _may_be_function(value, target.id):
        yield target.id


def _may_be_function(value: ast.expr, name: str) -> bool:
    if isinstance(value, ast.IfExp):
        return _may_be_function(value.body, name) or _may_be_function(value.orelse, name)
    if isinstance(value, ast.Call):
        called = value.func
        if isinstance(called, ast.Name):
            return called.id != name  # mean = mean(x) is a result
        is_numpy = isinstance(called, ast.Attribute) and getattr(called.value, "id", "") in (
            "np",
            "numpy",
        )
        return not is_numpy or getattr(called, "attr", "") in _MAKERS
    return isinstance(value, ast.Lambda | ast.Name | ast.Attribute | ast.Subscript)


def _hidden_in(node: ast.stmt) -> Iterator[str]:
    """Yield the functions that are defined inside of a class or a function."""
    if isinstance(node, _FUNCTION | ast.ClassDef):
        for inner in ast.walk(node):
            if inner is not node and isinstance(inner, _FUNCTION):
                yield inner.name
