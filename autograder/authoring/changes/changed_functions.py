"""List a function's changes as compiled code, each with its name and what is said of it."""

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.authoring.changes.confusions import (
    Homework,
    confused_functions,
    confused_nodes,
    find_definitions,
)
from autograder.authoring.changes.operators import changed_expressions, changed_statements
from autograder.authoring.changes.places import ROOT, Path, node_at, strip, walk
from autograder.authoring.changes.sentences import Words, describe

__all__ = ["ChangedFunction", "changed_functions", "find_helpers"]

Function = Callable[..., Any]


@dataclass(frozen=True)
class ChangedFunction:
    """A function that is changed in one place.

    Attributes
    ----------
    name, sentence : str
        As of a known mistake.
    code : code object
        A module that defines the changed function under its name.
    is_confusion : bool
        Whether something is taken for something else, which is done only where the shapes fit.
    """

    name: str
    sentence: str
    code: types.CodeType
    is_confusion: bool


@dataclass(frozen=True)
class _Edit:
    path: Path
    new: Any
    name: str
    phrase: str
    is_confusion: bool = True


def changed_functions(
    function: Function, words: Words, homework: Homework, *, is_helper: bool = False
) -> Iterator[ChangedFunction]:
    """Yield every change of a function whose source can be read.

    A helper's place in the formula has no name: it is changed where it stands, not as a whole.
    """
    definition = _read(function)
    if definition is None:
        return
    kinds = {a.arg: ast.unparse(a.annotation) for a in definition.args.args if a.annotation}
    root = strip(ast.Module([definition], []))
    stripped = root.body[0]
    assert isinstance(stripped, ast.FunctionDef)
    edits = list(_list_edits(stripped, words, homework))
    if not is_helper:
        whole = confused_functions(stripped, kinds, words, homework)
        edits += [_Edit(ROOT, new, name, phrase) for new, name, phrase in whole]
    for edit in edits:
        code = _compile(root, edit)
        if code is not None:
            sentence = _make_sentence(edit.phrase, words, homework.own)
            yield ChangedFunction(edit.name, sentence, code, edit.is_confusion)


def find_helpers(function: Function, graded: Mapping[str, Function]) -> list[Function]:
    """Return the functions of the same file that a function uses, and that are not graded."""
    found: list[Function] = []
    queue = [function]
    while queue:
        used = queue.pop()
        for name in used.__code__.co_names:
            other: Any = used.__globals__.get(name)
            is_own = inspect.isfunction(other) and other.__globals__ is function.__globals__
            if is_own and other not in [*found, function, *graded.values()]:
                found.append(other)
                queue.append(other)
    return found


def _read(function: Function) -> ast.FunctionDef | None:
    """Return a function's definition, without decorators; None where there is none to read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        return None
    definition.decorator_list = []
    return definition


def _list_edits(function: ast.FunctionDef, words: Words, homework: Homework) -> Iterator[_Edit]:
    definitions = find_definitions(function)
    for number, statement in enumerate(function.body):
        for path, node in walk(statement, (*ROOT, ("body", number))):
            is_statement = isinstance(node, ast.stmt)
            small = changed_statements(node) if is_statement else changed_expressions(node)  # type: ignore[arg-type]
            for kind, new in small:
                described = describe(kind, node, new, words)
                if described is not None:
                    yield _Edit(path, new, *described, is_confusion=False)
            for new, name, phrase in confused_nodes(node, definitions, words, homework):
                yield _Edit(path, new, name, phrase)


def _compile(root: ast.Module, edit: _Edit) -> types.CodeType | None:
    """Compile the module with an edit, which is undone again; None where Python refuses it."""
    parent, (field, place) = node_at(root, edit.path[:-1]), edit.path[-1]
    before = getattr(parent, field)
    if place is None:
        after = edit.new
    else:
        new = edit.new if isinstance(edit.new, list) else [edit.new]
        after = [*before[:place], *new, *before[place + 1 :]] or [ast.Pass()]
    setattr(parent, field, after)
    try:
        return compile(ast.fix_missing_locations(root), "<changed>", "exec")
    except (SyntaxError, TypeError, ValueError):
        return None
    finally:
        setattr(parent, field, before)


def _make_sentence(phrase: str, words: Words, own: str) -> str:
    """Say what comes out; of one way to write it, where nothing that is named is every student's.

    Who writes the same function without ``abs`` may well have it where it does not belong.
    """
    if phrase.startswith("This "):
        return f"{phrase}."
    named = {*re.findall(r"\w+", phrase)} & {*words.known, *words.functions}
    if named:
        return f"This is what comes out with {phrase}."
    return f"One right way to write {own} gives the same results with {phrase}."
