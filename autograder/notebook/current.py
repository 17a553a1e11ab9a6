"""Make a notebook of what a kernel holds now, out of the cells that were run and of files.

A kernel's history has every version of every function. Only what still counts is kept, so that the
remarks of a submission's intake (on a function that is defined twice, say) are not about the past.
Nothing is run: which names a cell binds is read from its text.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.intake.notebook.magics import plain_cell

__all__ = ["Current", "cells_that_count", "current_notebook"]

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Current:
    """What a kernel holds.

    Attributes
    ----------
    notebook : dict
        In nbformat 4.5.
    labels : dict of int to str
        What a student calls the notebook's cells, by their places from 1: ``cell [17]`` for the one
        that has [17] beside it, or a file.
    """

    notebook: dict[str, Any]
    labels: dict[int, str]


def current_notebook(work: Mapping[str, Any], functions: Iterable[str]) -> Current:
    """Return what counts as a notebook.

    Parameters
    ----------
    work : mapping
        From `autograder.notebook.cells.work_of`.
    functions : iterable of str
        The names of the homework's functions, and of no helper.

    Notes
    -----
    A function that the kernel has from a file (by an import or ``%run``) counts as it stands in the
    file now; it comes after the cells, since the kernel would have the cell's function otherwise.
    """
    places = {name: work["defined"].get(name, "") for name in functions}
    from_files = _Files({name: path for name, path in places.items() if path})
    texts = [text for _, text in work["cells"]]
    kept = set(cells_that_count(texts, frozenset(work["names"])))
    cells = [(f"cell [{number}]", text) for number, text in work["cells"] if text in kept]
    cells += from_files.cells()
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [_cell(place, text) for place, (_, text) in enumerate(cells, 1)],
    }
    return Current(notebook, {place: label for place, (label, _) in enumerate(cells, 1)})


def _cell(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"run-{number}",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def cells_that_count(cells: Sequence[str], names: frozenset[str]) -> list[str]:
    """Return the cells that define something which the kernel has, and no later one defines again.

    Parameters
    ----------
    cells : sequence of str
        As they were typed, in the order of their last runs. One that is no Python is left out: the
        kernel could not run it either.
    names : frozenset of str
        All that the kernel knows. A definition that raised, or was deleted, is none.
    """
    kept = []
    later: set[str] = set()
    for cell in reversed(cells):
        try:
            tree = ast.parse(plain_cell(cell).text)
        except (SyntaxError, ValueError):
            continue
        bindings = [_bound(statement) for statement in tree.body]
        if any([(bound & names) - later for bound, _ in bindings]):
            kept.append(cell)
        later.update(*[bound & names for bound, is_anew in bindings if is_anew])
    return kept[::-1]


def _bound(statement: ast.stmt) -> tuple[set[str], bool]:
    """Return the names that a statement binds, and whether whatever they were before is gone."""
    if isinstance(statement, _DEFINITIONS):
        return {statement.name}, not statement.decorator_list
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(a.asname or a.name).partition(".")[0] for a in statement.names}, True
    nodes = list(ast.walk(statement))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    bound |= {node.name for node in nodes if isinstance(node, _DEFINITIONS)}
    is_plain = isinstance(statement, ast.Assign | ast.AnnAssign)
    return bound, is_plain and not bound & read


@dataclass
class _Files:
    """The files that some of the kernel's functions come from."""

    places: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield each file's name and its text as a cell, the files that it imports before it."""
        for path in dict.fromkeys(self.places.values()):
            self._read(Path(path))
        for path, text in self.texts.items():
            others = {name for name in self.places if self.places[name] != path}
            yield Path(path).name, _without(text, others)

    def _read(self, path: Path) -> None:
        name = str(path)
        if name in self.texts:
            return
        try:
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text)
        except (OSError, SyntaxError, ValueError):
            return
        self.texts[name] = ""  # two files may import each other
        for module in _imported(tree):
            if (path.parent / f"{module}.py").is_file():
                self._read(path.parent / f"{module}.py")
        del self.texts[name]
        self.texts[name] = text


def _imported(tree: ast.Module) -> list[str]:
    modules = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.append(node.module)
    return modules


def _without(text: str, functions: set[str]) -> str:
    """Return a file's text without some of its functions; every other line stays in its place."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            first = min([node.lineno, *[item.lineno for item in node.decorator_list]])
            for number in range(first - 1, node.end_lineno or first):
                lines[number] = ""
    return "\n".join(lines)
