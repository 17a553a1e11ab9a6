"""Make a notebook of what a kernel holds now, out of the cells that were run and of files.

A kernel's history has every version of every function. Only what still counts is kept, so that the
remarks of a submission's intake (on a function that is defined twice, say) are not about the past.
Nothing is run: which names a cell gives and changes is read from its text, as at the intake.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.reading import Cell
from autograder.intake.notebook.statements import Statement, leading_to
from autograder.intake.python_source import parsed, plain_cell, with_newlines

__all__ = ["Current", "cells_that_count", "current_notebook", "taken_from"]

#: Statements of a whole day: each version of each cell counts.
MAX_STATEMENTS = 50_000


@dataclass(frozen=True)
class Current:
    """What a kernel holds, as a notebook in nbformat 4.5."""

    notebook: dict[str, Any]
    #: What a student calls the notebook's cells, by their places from 1: ``cell [17]`` for the one
    #: that has [17] beside it, or a file.
    labels: dict[int, str]


def current_notebook(work: Mapping[str, Any], functions: Iterable[str]) -> Current:
    """Return what counts as a notebook.

    `work` is from `autograder.notebook.kernel.client.work_of`; `functions` are the names of the
    homework's functions, and of no helper.

    A function that the kernel has from a file (by an import or ``%run``) counts as it is in the
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
        "cells": [_make_cell(place, text) for place, (_, text) in enumerate(cells, 1)],
    }
    return Current(notebook, {place: label for place, (label, _) in enumerate(cells, 1)})


def _make_cell(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"run-{number}",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def cells_that_count(cells: Sequence[str], names: frozenset[str]) -> list[str]:
    """Return the cells that give or change a value that the kernel has, and no later one gives.

    The cells are as they were typed, in the order of their last runs. One that is no Python is left
    out: the kernel could not run it either. `names` is all that the kernel knows: a definition that
    raised, or was deleted, is none. It is an `IntakeError` if there are more statements than
    anyone runs in a day.
    """
    numbered = [Cell(number, with_newlines(text)) for number, text in enumerate(cells)]
    found: dict[int, list[Statement]] = {}
    for one in cut_cells(numbered, own={}, max_statements=MAX_STATEMENTS).statements:
        found.setdefault(one.cell, []).append(one)
    kept = []
    later: set[str] = set()
    changing = _find_changing([one for statements in found.values() for one in statements])
    for number, statements in reversed(found.items()):
        if any([one.problem is not None for one in statements]):
            continue
        is_of_use = any([(one.gives | one.fills) & names - later for one in statements])
        # The intake does not run it, but says so where the homework's functions miss what it does.
        if is_of_use or any([one.is_calling and one.now & changing for one in statements]):
            kept.append(cells[number])
        later.update(*[_find_given_anew(one) & names for one in statements])
    return kept[::-1]


def _find_changing(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the helpers that change something when they are called, or call one that does."""
    functions = [one for one in statements if one.inside is not None]
    return leading_to(
        [name for one in functions if one.inside or one.sets for name in one.gives], functions
    )


def _find_given_anew(statement: Statement) -> frozenset[str]:
    """Return the names of which nothing is left that was before; a decorator may keep it."""
    is_decorated = statement.inside is not None and statement.is_calling
    return frozenset() if is_decorated else statement.surely - statement.now


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
            yield Path(path).name, _blank_functions(text, others)

    def _read(self, path: Path) -> None:
        name = str(path)
        if name in self.texts:
            return
        try:
            text = path.read_text(encoding="utf-8")
            tree = parsed(text)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return
        self.texts[name] = ""  # two files may import each other
        for module in _find_imports(tree):
            if (path.parent / f"{module}.py").is_file():
                self._read(path.parent / f"{module}.py")
        del self.texts[name]
        self.texts[name] = text


def _find_imports(tree: ast.Module) -> list[str]:
    modules = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.append(node.module)
    return modules


def _blank_functions(text: str, functions: set[str]) -> str:
    """Return a file's text without some of its functions; every other line stays in its place."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            first = min([node.lineno, *[item.lineno for item in node.decorator_list]])
            for number in range(first - 1, node.end_lineno or first):
                lines[number] = ""
    return "\n".join(lines)


def taken_from(work: Mapping[str, Any], function: str) -> str:
    """Return the file that a function comes from, and the cell that brought it from there.

    It is empty unless a cell that was run defines the function too. `work` is from
    `autograder.notebook.kernel.client.work_of`.

    Examples
    --------
    >>> from autograder.notebook.server.current import taken_from
    >>> cells = [(3, "def mean(x): return x"), (4, "from averages import mean")]
    >>> taken_from({"cells": cells, "defined": {"mean": "averages.py"}}, "mean")
    'averages.py (cell [4])'
    """
    path = work["defined"].get(function, "")
    trees = [(number, tree) for number, text in work["cells"] for tree in _parse_cell(text)]
    if not path or not any([_defines(tree, function) for _, tree in trees]):
        return ""
    file = Path(path)
    numbers = [number for number, tree in trees if _brings(tree, function, file.stem)]
    return f"{file.name} (cell [{numbers[-1]}])" if numbers else file.name


def _parse_cell(cell: str) -> Iterator[ast.Module]:
    try:
        yield ast.parse(plain_cell(cell).text)
    except (SyntaxError, ValueError):
        return


def _defines(tree: ast.Module, function: str) -> bool:
    return any([isinstance(n, ast.FunctionDef) and n.name == function for n in tree.body])


def _brings(tree: ast.Module, function: str, module: str) -> bool:
    """Tell whether a cell imports a function from a module, by its name or with all others."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [(node.module, alias.asname or alias.name) for node in found for alias in node.names]
    return (module, function) in names or (module, "*") in names
