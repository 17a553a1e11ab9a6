"""The solution as notebooks: one function a cell, with more cells, other formats, damage."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.intake.python_source import split_module

__all__ = [
    "Cell",
    "after",
    "as_lists",
    "bare",
    "before",
    "cells",
    "changed",
    "code",
    "conflicts",
    "each_cell",
    "fifty_megabytes",
    "format_3",
    "functions",
    "head",
    "notebook",
    "one_file_a_cell",
    "raw",
    "text",
    "with_function",
    "written_to_files",
]

SOLUTION = Path(__file__).parents[2] / "solution"
ORDER = (
    "separability",
    "activations",
    "forward",
    "softmax_ce",
    "relu_backward",
    "updates",
    "embeddings",
    "train",
    "text",
)

Cell = dict[str, Any]


def code(source: str, **more: Any) -> Cell:
    """Return a cell of code."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return cell | {"source": source} | more


def text(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def functions() -> dict[str, str]:
    """Return the text of each function of the solution, private helpers too, in order."""
    found = {}
    for file in ORDER:
        for piece in split_module((SOLUTION / f"{file}.py").read_text(encoding="utf-8"))[1:]:
            node = next(n for n in ast.parse(piece).body if isinstance(n, ast.FunctionDef))
            found[node.name] = piece.rstrip("\n")
    return found


def head() -> str:
    """Return the imports and constants of the solution's files."""
    lines = ["import numpy as np"]
    for file in ORDER:
        tree = ast.parse((SOLUTION / f"{file}.py").read_text(encoding="utf-8"))
        imports = [
            node
            for node in tree.body
            if isinstance(node, ast.Import)
            or (isinstance(node, ast.ImportFrom) and node.module not in ORDER)
        ]
        constants = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        lines += [ast.unparse(node) for node in [*imports, *constants]]
    return "\n".join(dict.fromkeys(lines))


def cells(**replaced: str) -> list[Cell]:
    """Return the cells of the solution, some functions' with other text (empty: without)."""
    texts = functions() | replaced
    return [
        text("# Homework"),
        code(head()),
        *[code(source) for source in texts.values() if source],
    ]


def notebook(content: list[Cell], **more: Any) -> bytes:
    """Return a notebook's file."""
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": content} | more
    ).encode()


def bare() -> bytes:
    """Return the solution, one function a cell."""
    return notebook(cells())


def after(*sources: str) -> Callable[[], bytes]:
    """Return a builder of the solution with more cells behind it."""
    return lambda: notebook([*cells(), *[code(source) for source in sources]])


def before(*sources: str) -> Callable[[], bytes]:
    return lambda: notebook([*[code(source) for source in sources], *cells()])


def with_function(**replaced: str) -> Callable[[], bytes]:
    return lambda: notebook(cells(**replaced))


def changed(**more: Any) -> Callable[[], bytes]:
    """Return a builder of the solution with other things at the notebook's top."""
    return lambda: notebook(cells(), **more)


def each_cell(change: Callable[[Cell], Any]) -> Callable[[], bytes]:
    """Return a builder of the solution with every cell changed."""
    return lambda: notebook([change(cell) for cell in cells()])


def raw(change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """Return a builder of the solution with the file's bytes changed."""
    return lambda: change(bare())


def format_3(version: int) -> Callable[[], bytes]:
    def build() -> bytes:
        old = [
            {"cell_type": "code", "input": c["source"], "language": "python", "outputs": []}
            if c["cell_type"] == "code"
            else {"cell_type": "heading", "level": 1, "source": c["source"]}
            for c in cells()
        ]
        half = len(old) // 2
        sheets = [{"cells": old[:half]}, {"cells": old[half:]}]
        return json.dumps({"nbformat": version, "nbformat_minor": 0, "worksheets": sheets}).encode()

    return build


def conflicts(data: bytes) -> bytes:
    lines = json.dumps(json.loads(data), indent=1).split("\n")
    lines[40:40] = ["<<<<<<< HEAD", '   "source": "x"', "=======", '   "source": "y"', ">>>>>>> b"]
    return "\n".join(lines).encode()


def one_file_a_cell() -> bytes:
    texts = [(SOLUTION / f"{file}.py").read_text(encoding="utf-8") for file in ORDER]
    return notebook([code(text) for text in texts])


def as_lists(cell: Cell) -> Cell:
    return cell | {"source": cell["source"].splitlines(keepends=True)}


def written_to_files() -> bytes:
    texts = [(SOLUTION / f"{file}.py").read_text(encoding="utf-8") for file in ORDER]
    return notebook(
        [code(f"%%writefile {f}.py\n{text}") for f, text in zip(ORDER, texts, strict=True)]
    )


def fifty_megabytes() -> bytes:
    """Return the solution with a picture, and with printed lines, that are large."""
    stream = {"output_type": "stream", "name": "stdout", "text": ["0.123456, 7.5\n"] * 500_000}
    data = {"image/png": "A" * 40_000_000}
    picture = {"output_type": "display_data", "metadata": {}, "data": data}
    last = code("plot()") | {"outputs": [stream, picture]}
    return notebook([*cells(), last])
