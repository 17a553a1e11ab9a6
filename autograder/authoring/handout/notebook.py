"""Build the homework as a notebook, out of the same stubs and the same text as all else.

Part by part: the handout's text, for each function its formulas, the cell with its stub and a cell
that checks it. The same solution, handout and key always give the same bytes. For staff.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import nbformat

from autograder.authoring.handout.placeholders import say_points
from autograder.authoring.handout.source import Handout, Part, cut_sections
from autograder.authoring.handout.stubs import read_stubs
from autograder.homework.folder import Homework
from autograder.intake.python_source import split_module

__all__ = ["assignment_notebook", "notebook_text"]

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

#: What the notebook says of itself has these titles; two stand for the handout's sections, which
#: speak of files and commands.
BEGIN, FINISH, SUBMIT = "How to begin", "All together", "Submitting"

#: The first cell of code.
SETUP = """\
# Run this cell first, and again after restarting the kernel.
try:
    from autograder import grader

    assert callable(grader.check)
except (ImportError, AttributeError) as problem:
    import sys

    other = sys.modules.get("autograder")  # a package or a file of this name, but not the grader
    if other is None or problem.name not in ("autograder", "check"):
        raise ImportError("the grader is not installed yet: see 'Setting up', just above") from None
    raise ImportError(
        "another package called autograder takes the grader's place: "
        + (getattr(other, "__file__", None) or next(iter(other.__path__)))
        + ". If it is a file or folder of yours, rename it; if it was installed, run '%pip"
        " uninstall -y autograder', and then what 'Setting up', just above, says. Then restart the"
        " kernel, and run this cell again"
    ) from None

import numpy as np
"""

#: Of a cell's id, by the format.
MAX_ID = 64

_PYTHON = re.compile(r"^```python\n(.*?)^```$\n?", re.M | re.S)

Cell = dict[str, Any]


def assignment_notebook(homework: Homework, handout: Handout) -> bytes:
    """Return the students' notebook of a homework."""
    stubs = {name.removesuffix(".py"): s for name, s in read_stubs(homework.solution).items()}
    return notebook_text(handout, stubs).encode()


def notebook_text(handout: Handout, stubs: Mapping[str, str]) -> str:
    """Return the notebook's file: JSON in nbformat 4.5, ending in a newline.

    The handout has its worked numbers; each file's stub is by the file's name without ``.py``.
    """
    heads = {f"{file}.py": split_module(text)[0] for file, text in stubs.items()}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "autograder": {"heads": heads},
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        },
        "cells": list(_Builder(handout, stubs).make_cells()),
    }
    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class _Builder:
    """One notebook on its way."""

    def __init__(self, handout: Handout, stubs: Mapping[str, str]) -> None:
        self.handout = handout
        self.own = handout.notebook
        self.stubs = stubs

    def make_cells(self) -> Iterator[Cell]:
        """Yield all cells from top to bottom."""
        for title, section in cut_sections(self.handout.introduction).items():
            if title != BEGIN:
                yield from self._make_page(f"introduction-{title}", section)
            if not title:
                yield _make_text("begin", self.own[BEGIN])
                yield _make_code("setup", SETUP, role="setup")
        for number, part in enumerate(self.handout.parts, 1):
            yield from self._make_part(number, part)
        yield _make_text("finish", self.own[FINISH])
        yield _make_code("finish-check", "grader.check()", role="check")
        closing = cut_sections(self.handout.closing) | {SUBMIT: self.own[SUBMIT]}
        for title, section in closing.items():
            yield from self._make_page(f"closing-{title}", section)

    def _make_part(self, number: int, part: Part) -> Iterator[Cell]:
        head = f"## {number}. {part.title}\n\n`{part.file}.py`, {part.worth}\n\n"
        yield from self._make_page(part.file, head + part.text)
        cells = dict(enumerate(split_module(self.stubs[part.file])))
        for place, name in enumerate(part.functions, 1):
            yield from self._make_function(part, name, cells[place])
        after = self.own.get(f"After {part.file}.py", "").partition("\n")[2]
        yield from self._make_page(f"after-{part.file}", after, role="check")

    def _make_function(self, part: Part, name: str, source: str) -> Iterator[Cell]:
        place = f"{part.file}-{name}"
        head = f"### `{part.calls[name]}`\n\n{say_points(part.function_points[name])}\n\n"
        yield from self._make_page(place, head + part.functions[name])
        yield _make_code(f"{place}-code", source.strip("\n"), file=f"{part.file}.py")
        yield _make_code(f"{place}-check", f'grader.check("{name}")', role="check")

    def _make_page(self, place: str, markdown: str, *, role: str = "text") -> Iterator[Cell]:
        """Yield a page of the handout; its longer Python is there to be run."""
        files = list(self.stubs)
        pieces = enumerate(_PYTHON.split(_drop_imports(markdown, files)))  # each second one is code
        kept = [(text, bool(index % 2)) for index, text in pieces if text.strip()]
        for number, (text, is_code) in enumerate(kept):
            name = f"{place}-{number}" if number else place
            if is_code:
                yield _make_code(name, _drop_imports(text, files, prompt=""), role=role)
            else:
                yield _make_text(name, text.strip())


def _drop_imports(text: str, modules: Collection[str], *, prompt: str = ">>> ") -> str:
    r"""Return a text without imports that a notebook has no need of.

    Parameters
    ----------
    text : str
        Markdown or Python.
    modules : collection of str
        The homework's modules, whose functions are all available in a notebook. So is numpy.
    prompt : str
        What a line of Python begins with.

    Examples
    --------
    >>> from autograder.authoring.handout.notebook import _drop_imports
    >>> _drop_imports(">>> from sums import double\n>>> double(z)\n", ["sums"])
    '>>> double(z)\n'
    """
    names = "|".join([re.escape(module) for module in modules])
    unneeded = rf"^{prompt}(from ({names}) import .*|import ({names})|import numpy as np)\n+"
    return re.sub(unneeded, "", text, flags=re.M)


def _make_text(name: str, markdown: str) -> Cell:
    return {"cell_type": "markdown"} | _make_cell(name, markdown, {"role": "text"})


def _make_code(name: str, source: str, **about: Any) -> Cell:
    return {"cell_type": "code", "execution_count": None, "outputs": []} | _make_cell(
        name, source, about
    )


def _make_cell(name: str, source: str, about: Mapping[str, Any]) -> Cell:
    """Return what every cell has; its id says what it is, so that it never changes."""
    words = re.findall(r"[A-Za-z0-9_]+", name)
    return {
        "id": "-".join(words)[:MAX_ID],
        "metadata": {"autograder": dict(about)},
        "source": source.strip("\n").splitlines(keepends=True),
    }
