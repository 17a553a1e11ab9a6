"""Find what is left of a stub that keeps a student's own code from running.

The beginner's classic is code below the line ``raise NotImplementedError(...)``. Its kin: code
above it, the line in a branch, and the stub a second time below what was written. The text is read,
never run; in text that is no Python, or longer than any homework's, nothing is found.
"""

import ast
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.core.limits import KIB
from autograder.core.message import Place
from autograder.intake.python_source import is_stub, parsed, raises_not_implemented

if TYPE_CHECKING:
    from autograder.intake.notebook.statements import Statement

__all__ = ["LeftStub", "left_in_cells", "left_in_file"]

#: Python's parser takes up to a thousand times as much memory as a text.
MAX_BYTES = 64 * KIB

#: Nothing is left of a stub where this word is nowhere.
RAISED = "NotImplementedError"

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class LeftStub:
    """A line of a stub that is left.

    Attributes
    ----------
    function : str
        The function, ``file.function``, that counts as not started for it.
    place : Place
        Where the line is.
    text : str
        What it does and what to do: a sentence that goes on after the place.
    is_certain : bool
        Whether every call gets there.
    """

    function: str
    place: Place
    text: str
    is_certain: bool = True

    def __str__(self) -> str:
        place = str(self.place)
        first = place[:1].upper() if self.place.is_in_notebook else place[:1]
        return f"{first}{place[1:]}: {self.text}"

    def with_label(self, labels: Mapping[int, str]) -> "LeftStub":
        """Return it with its cell called what a running kernel calls it."""
        return replace(self, place=replace(self.place, label=labels.get(self.place.cell, "")))


@dataclass(frozen=True)
class _Given:
    """A statement that gives a name a value, and the place of the line before its text."""

    node: ast.stmt
    before: Place

    def at(self, line: int) -> Place:
        return replace(self.before, line=self.before.line + line)


def left_in_file(file: str, source: bytes, functions: Iterable[str]) -> Iterator[LeftStub]:
    """Yield what is left in a module, `file` without ``.py``, of the stubs of its functions."""
    if len(source) > MAX_BYTES or RAISED.encode() not in source:
        return
    tree = _read(source.decode("utf-8-sig", "replace"))
    given: dict[str, list[_Given]] = {}
    for node in tree.body if tree is not None else ():
        for name in _list_names(node):
            given.setdefault(name, []).append(_Given(node, Place(f"{file}.py")))
    yield from _look_at_each(file, functions, given)


def left_in_cells(
    statements: Sequence["Statement"], files: Mapping[str, Collection[str]]
) -> Iterator[LeftStub]:
    """Yield what is left in a notebook's statements of the stubs of a homework's files."""
    defining: dict[str, list[Statement]] = {}
    for one in statements:
        for name in one.defines:
            defining.setdefault(name, []).append(one)
    given = {
        name: [found for one in those if (found := _read_statement(one)) is not None]
        for name, those in defining.items()
        if RAISED in those[-1].source
    }
    for file, functions in files.items():
        yield from _look_at_each(file, functions, given)


def _look_at_each(
    file: str, functions: Iterable[str], given: dict[str, list[_Given]]
) -> Iterator[LeftStub]:
    for name in functions:
        if given.get(name):
            found = _look_at(name, given[name])
            if found is not None:
                place = replace(found.place, file=f"{file}.py", function=name)
                yield replace(found, function=f"{file}.{name}", place=place)


def _read(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in someone else's strings
            return parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _read_statement(one: "Statement") -> _Given | None:
    tree = _read(one.source) if len(one.source) <= MAX_BYTES else None
    if tree is None or len(tree.body) != 1:
        return None
    return _Given(tree.body[0], Place("", "", one.line - 1, one.cell, is_in_notebook=True))


def _list_names(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module's top gives a value."""
    if isinstance(node, _Function):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else ()
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _look_at(name: str, given: Sequence[_Given]) -> LeftStub | None:
    *earlier, last = given
    if not isinstance(last.node, _Function):
        return None
    body = last.node.body
    for number, statement in enumerate(body):
        if raises_not_implemented(statement):
            return _say_of_raise(name, last, number, earlier)
        if any([isinstance(inner, ast.Return) for inner in _walk(statement)]):
            break  # calls that end there never come to what follows
    inner = [n for statement in body for n in _walk(statement) if isinstance(n, ast.Raise)]
    left = next((node for node in inner if raises_not_implemented(node)), None)
    if left is None:
        return None
    text = f"{name} still raises {RAISED} in this case: write your code in place of this line."
    return LeftStub("", last.at(left.lineno), text, is_certain=False)


def _say_of_raise(
    name: str, last: _Given, number: int, earlier: Sequence[_Given]
) -> LeftStub | None:
    """Return what to say of a line that every call comes to, None for a stub and no more."""
    assert isinstance(last.node, _Function)
    raised, body = last.node.body[number], last.node.body
    place = last.at(raised.lineno)
    end = last.at(raised.end_lineno or raised.lineno).line
    lines = "this line" if end == place.line else f"lines {place.line} to {end}"
    if _has_code(body[number + 1 :]):
        text = f"{name} raises {RAISED} here, so your code below never runs: delete {lines}."
        return LeftStub("", place, text)
    if _has_code(body[:number]):
        text = f"{name} runs your code and then raises {RAISED} here: delete {lines}."
        return LeftStub("", place, text)
    written = [one for one in earlier if not is_stub(one.node)]
    if not written:
        return None
    own = written[-1].at(written[-1].node.lineno)
    where = f"line {own.line}" if own.cell == place.cell else str(own)
    text = f"this stub comes after your own {name} ({where}), and the last one counts: delete it."
    return LeftStub("", last.at(last.node.lineno), text)


def _has_code(statements: Sequence[ast.stmt]) -> bool:
    """Tell whether someone wrote something: more than texts, ``pass``, and what a stub raises."""
    return any(
        [
            not isinstance(one, ast.Pass)
            and not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            and not raises_not_implemented(one)
            for one in statements
        ]
    )


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is inside of it, but for functions and classes of its own."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, _Function | ast.Lambda | ast.ClassDef):
            yield one
            waiting += reversed(list(ast.iter_child_nodes(one)))
