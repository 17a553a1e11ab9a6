"""Say where a kernel has a function from, if a file's took the place of the one in its cell."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.intake.notebook.cell_source import plain_cell

__all__ = ["taken_from"]


def taken_from(work: Mapping[str, Any], function: str) -> str:
    """Return the file that a function comes from, and the cell that brought it from there.

    Parameters
    ----------
    work : mapping
        From `autograder.notebook.kernel.cells.work_of`.
    function : str
        Its name.

    Returns
    -------
    str
        Such as ``separability.py (cell [4])``; empty unless a cell that was run defines the
        function too.

    Examples
    --------
    >>> from autograder.notebook.server.taken import taken_from
    >>> cells = [(3, "def relu(x): return x"), (4, "from activations import relu")]
    >>> taken_from({"cells": cells, "defined": {"relu": "activations.py"}}, "relu")
    'activations.py (cell [4])'
    """
    path = work["defined"].get(function, "")
    trees = [(number, tree) for number, text in work["cells"] for tree in _parsed(text)]
    if not path or not any([_defines(tree, function) for _, tree in trees]):
        return ""
    file = Path(path)
    numbers = [number for number, tree in trees if _brings(tree, function, file.stem)]
    return f"{file.name} (cell [{numbers[-1]}])" if numbers else file.name


def _parsed(cell: str) -> Iterator[ast.Module]:
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
