"""List a function's changes as compiled code, each with its name and what is said of it."""

import ast
import copy
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
    negated,
)
from autograder.authoring.changes.operators import changed_expressions, changed_statements
from autograder.authoring.changes.places import ROOT, Path, node_at, strip, walk
from autograder.authoring.changes.sentences import Words, describe

__all__ = ["ChangedFunction", "changed_functions", "changed_pairs", "find_helpers"]

Function = Callable[..., Any]

#: The name of two changes at once.
TWO_CHANGES = "two-changes"

#: The kinds of changes of which two may come together, the most common ones lowest.
PAIRED = {
    "change-factor": 0,
    "change-sign": 0,
    "change-term": 0,
    "change-function": 1,
    "change-axis": 1,
    "change-transpose": 1,
    "change-operator": 2,
    "change-order": 2,
}

#: A function with more changes of these kinds is not short; of many pairs some fit by chance.
MOST_PLACES = 40
MOST_PAIRS = 150


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


def changed_pairs(
    function: Function, words: Words, homework: Homework
) -> Iterator[ChangedFunction]:
    """Yield a short function with two of its most common changes at once, likely ones first."""
    definition = _read(function)
    if definition is None or _has_loop_without_end(definition):
        return
    root = strip(ast.Module([definition], []))
    firsts = [edit for edit in _list_common(root, words) if edit.name in PAIRED]
    if len(firsts) > MOST_PLACES:
        return
    pairs: dict[str, tuple[ast.Module, _Edit, _Edit]] = {}
    for first in firsts:
        once = _apply(root, first)
        for second in _list_common(once, words):
            if second.path != first.path:
                pairs.setdefault(ast.dump(_apply(once, second)), (once, first, second))
    ranked = sorted(pairs.values(), key=lambda pair: PAIRED[pair[1].name] + PAIRED[pair[2].name])
    for once, first, second in ranked[:MOST_PAIRS]:
        code = _compile(once, second)
        if code is not None:
            sentence = _say_both(first.phrase, second.phrase, homework.own)
            yield ChangedFunction(TWO_CHANGES, sentence, code, is_confusion=True)


def _has_loop_without_end(function: ast.FunctionDef) -> bool:
    return any([isinstance(node, ast.While) for node in ast.walk(function)])


def _list_common(root: ast.Module, words: Words) -> Iterator[_Edit]:
    """Yield the changes of expressions of which two may come together."""
    for path, node in walk(root.body[0], ROOT):
        for kind, new in () if isinstance(node, ast.stmt) else changed_expressions(node):
            described = describe(kind, node, new, words)
            if described is not None and described[0] in PAIRED:
                yield _Edit(path, new, *described)
        for new, name, phrase in negated(node, words):
            yield _Edit(path, new, name, phrase)


def _apply(root: ast.Module, edit: _Edit) -> ast.Module:
    """Return a copy of the module with an edit of an expression."""
    changed = copy.deepcopy(root)
    parent, (field, place) = node_at(changed, edit.path[:-1]), edit.path[-1]
    new = copy.deepcopy(edit.new)
    if place is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[place] = new
    return changed


def _say_both(first: str, second: str, own: str) -> str:
    both = f"{first}, twice" if first == second else f"{first}, and {second}"
    return f"Two things at once: {both}. A right {own} gives your results with both."


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
    return f"A right {own} gives your results after one change: {phrase}."
