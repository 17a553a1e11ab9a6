"""Make every small change of a module, one at a time, each with a name that stays the same.

The syntax tree is walked; at every place each operator says what may stand there instead. Changes
that give the same tree are one. A change is named by the text around it, just wide enough to tell
it from the module's others: ``x.max(axis=1, keepdims=True) -> x.max(axis=0, keepdims=True)``.
"""

import ast
import contextlib
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.authoring.changes.operators import (
    changed_expressions,
    changed_statements,
    exchanged_names,
)
from autograder.authoring.changes.places import ROOT, Path, node_at, strip, walk

__all__ = ["Mutant", "mutants"]

#: A shorter text than this says too little about where it stands.
TELLING_CHARACTERS = 10

#: A name of a statement's first line is cut here.
LONGEST = 110


@dataclass(frozen=True)
class Mutant:
    """One small change: in which function or variable, old and new text, the changed module."""

    place: str
    change: str
    source: str


@dataclass(frozen=True)
class _Change:
    """Where a statement of the module is changed, and a module of the changed statement alone.

    `new` is the text of changed statements; `label` says it all where the change names itself.
    """

    path: Path
    tree: ast.Module
    new: str = ""
    label: str = ""


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module without docstrings and annotations, in order of its lines."""
    kinds = _annotations(ast.parse(source))
    statements = strip(ast.parse(source)).body
    texts = [_paragraph(statement) for statement in statements]
    found = []
    for number, statement in enumerate(statements):
        place = _place_of(statement)
        changed = _different(statement, kinds.get(place, {})) if place else {}
        names = _names(statement, list(changed.values()))
        for text, name in zip(changed, names, strict=True):
            paragraph = f"{_gap(statement)}{text}"
            whole = "\n".join([*texts[:number], paragraph, *texts[number + 1 :]])
            found.append(Mutant(place, name, f"{whole}\n"))
    return found


def _paragraph(statement: ast.stmt) -> str:
    return f"{_gap(statement)}{ast.unparse(statement)}"


def _gap(statement: ast.stmt) -> str:
    return "\n" if isinstance(statement, ast.FunctionDef | ast.ClassDef) else ""


def _different(statement: ast.stmt, kinds: dict[str, str]) -> dict[str, "_Change"]:
    """Return the changes of a statement that give different trees, by their text."""
    seen = {ast.dump(ast.parse(ast.unparse(statement)))}
    found: dict[str, _Change] = {}
    for change in _changes(statement, kinds):
        text = ast.unparse(change.tree)
        with contextlib.suppress(SyntaxError):  # Python refuses it: it is no submission
            compile(text, "<mutant>", "exec")
            content = ast.dump(ast.parse(text))
            if content not in seen:
                seen.add(content)
                found[text] = change
    return found


def _annotations(tree: ast.Module) -> dict[str, dict[str, str]]:
    """Return the annotations of each function's parameters."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {
        node.name: {a.arg: ast.unparse(a.annotation) for a in node.args.args if a.annotation}
        for node in functions
    }


def _changes(statement: ast.stmt, kinds: dict[str, str]) -> Iterator[_Change]:
    for path, node in walk(statement, ROOT):
        for new in _alternatives(node):
            text = _in_one_line(new) if isinstance(new, list) else ""
            yield _Change(path, _replace(statement, path, new), new=text)
    if isinstance(statement, ast.FunctionDef):
        for label, function in exchanged_names(statement, kinds):
            yield _Change(ROOT, ast.Module([function], []), label=label)


def _place_of(statement: ast.stmt) -> str:
    """Return what a statement of a module defines; empty where nothing is changed."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name
    return ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""


def _alternatives(node: ast.AST) -> Iterator[ast.AST | list[ast.stmt]]:
    changes = changed_statements(node) if isinstance(node, ast.stmt) else changed_expressions(node)
    yield from [new for _, new in changes]


# ---- places in a syntax tree


def _replace(statement: ast.stmt, path: Path, new: ast.AST | list[ast.stmt]) -> ast.Module:
    """Return a module of `statement` alone with another node in the place that `path` leads to."""
    changed = ast.Module([copy.deepcopy(statement)], [])
    parent, (name, place) = node_at(changed, path[:-1]), path[-1]
    new = copy.deepcopy(new)
    if place is None:
        setattr(parent, name, new)
    elif isinstance(new, list):
        items = getattr(parent, name)
        items[place : place + 1] = new
        if not items and name == "body":
            items.append(ast.Pass())
    else:
        getattr(parent, name)[place] = new
    return ast.fix_missing_locations(changed)


# ---- names


def _names(statement: ast.stmt, changes: list[_Change]) -> list[str]:
    """Return a name for each change: the narrowest text around it that no other change has."""
    levels = [_texts(statement, change) for change in changes]
    chosen = [0] * len(changes)
    while True:
        names = [texts[level] for texts, level in zip(levels, chosen, strict=True)]
        counts = Counter(names)
        wider = [
            number
            for number, name in enumerate(names)
            if counts[name] > 1 and chosen[number] + 1 < len(levels[number])
        ]
        if not wider:
            return _numbered(names)
        for number in wider:
            chosen[number] += 1


def _numbered(names: list[str]) -> list[str]:
    """Tell equal names apart by their order."""
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} (number {seen[name]})")
    return numbered


def _texts(statement: ast.stmt, change: _Change) -> list[str]:
    """Return old and new text of the changed node, then of what it is in, up to its statement."""
    if change.label:
        return [change.label]
    tree = ast.Module([statement], [])
    texts: list[str] = []
    for length in range(len(change.path), 0, -1):
        old = node_at(tree, change.path[:length])
        if isinstance(old, ast.stmt):
            is_whole = length == len(change.path)
            after = (
                change.new if is_whole else _first_line(node_at(change.tree, change.path[:length]))
            )
            return [*texts, f"{_first_line(old)} -> {after}"]
        if isinstance(old, ast.expr | ast.arguments) and not _is_index(old):
            before, after = (
                _first_line(old),
                _first_line(node_at(change.tree, change.path[:length])),
            )
            if len(before) >= TELLING_CHARACTERS:
                texts.append(f"{before} -> {after}")
    return texts


def _is_index(node: ast.AST) -> bool:
    """Tell whether a node makes sense only between brackets."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any([isinstance(part, ast.Slice) for part in parts])


def _first_line(node: ast.AST) -> str:
    return _same_on_all_versions(ast.unparse(node).partition("\n")[0])[:LONGEST]


def _same_on_all_versions(text: str) -> str:
    """Leave out the brackets that Python 3.10 puts around several names that are assigned."""
    text = re.sub(r"^\(([^()]*)\) = ", r"\1 = ", text)
    return re.sub(r"\bfor \(([^()]*)\) in ", r"for \1 in ", text)


def _in_one_line(statements: list[ast.stmt]) -> str:
    """Return statements as one line, ``(nothing)`` where there are none."""
    text = "; ".join([ast.unparse(ast.fix_missing_locations(s)) for s in statements])
    return _same_on_all_versions(" ".join(text.split()))[:LONGEST] or "(nothing)"
