"""Build the homework as a notebook, out of the same stubs and the same text as all else.

Part by part: the handout's text, for each function its formulas, the cell with its stub and a cell
that checks it. The same solution, handout and key always give the same bytes. For staff.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat

from autograder.authoring.handout.notebook_pages import in_one_namespace, pieces, sections
from autograder.authoring.handout.source import Handout, Part
from autograder.authoring.handout.stubs import stub_source
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.intake.python_source import split_module

__all__ = ["assignment_notebook", "notebook_text"]

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

#: What the notebook says of itself has these titles; two stand for the handout's sections, which
#: speak of files and commands.
BEGIN, FINISH, HAND_IN = "How to begin", "All together", "Handing in"

#: And others like this one: what stands before the cell that draws a picture, after a part.
_PICTURE = re.compile(r'After (\w+)\.py: grader\.picture\("(\w+)"\)')

#: The first cell of code.
SETUP = """\
# Run this cell first, and again after restarting the kernel.
try:
    from autograder import grader
except ImportError:
    raise ImportError("the grader is not installed yet: see 'Setting up', just above") from None

import numpy as np
"""

#: Of a cell's id, by the format.
MAX_ID = 64

Cell = dict[str, Any]


def assignment_notebook(homework: Homework, handout: Handout) -> bytes:
    """Return the students' notebook of a homework.

    Parameters
    ----------
    homework : Homework
        With a ``handout/notebook.md``, where the notebook says how to use it.
    handout : Handout
        The homework's.

    Raises
    ------
    RubricError
        If a text or the solution is at fault.
    """
    path = homework.root / "handout" / "notebook.md"
    try:
        own = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RubricError(
            f"it can't be read: {error.strerror}", where="handout/notebook.md"
        ) from error
    files = sorted(homework.solution.glob("*.py"))
    stubs = {file.stem: stub_source(file.read_text("utf-8"), file.stem) for file in files}
    return notebook_text(handout, own, stubs).encode()


def notebook_text(handout: Handout, own: str, stubs: Mapping[str, str]) -> str:
    """Return the notebook's file.

    Parameters
    ----------
    handout : Handout
        Its text, with the worked numbers.
    own : str
        What the notebook says of itself, as markdown with the three sections of this module, and
        one for each picture.
    stubs : mapping of str to str
        Each file's stub by the file's name without ``.py``.

    Returns
    -------
    str
        JSON in nbformat 4.5, ending in a newline.

    Raises
    ------
    RubricError
        If `own` lacks a section, or the handout has a file or function that the stubs lack.
    """
    return _Builder(handout, sections(own), stubs).text()


class _Builder:
    """One notebook on its way."""

    def __init__(self, handout: Handout, own: Mapping[str, str], stubs: Mapping[str, str]) -> None:
        self.handout = handout
        self.own = own
        self.stubs = stubs
        self.heads = {f"{file}.py": split_module(text)[0] for file, text in stubs.items()}

    def text(self) -> str:
        """Return the file."""
        notebook = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "autograder": {"heads": self.heads},
                "kernelspec": KERNEL,
                "language_info": {"name": "python"},
            },
            "cells": list(self._cells()),
        }
        nbformat.validate(notebook)
        return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def _cells(self) -> Iterator[Cell]:
        for title, section in sections(self.handout.introduction).items():
            if title != BEGIN:
                yield from self._page(f"introduction-{title}", section)
            if not title:
                yield _text("begin", self._own(BEGIN))
                yield _code("setup", SETUP, role="setup")
        for number, part in enumerate(self.handout.parts, 1):
            yield from self._part(number, part)
        yield _text("finish", self._own(FINISH))
        yield _code("finish-check", "grader.check()", role="check")
        for title, section in sections(self.handout.closing).items():
            said = self._own(HAND_IN) if title == HAND_IN else section
            yield from self._page(f"closing-{title}", said)

    def _own(self, title: str) -> str:
        try:
            return self.own[title]
        except KeyError:
            raise RubricError(
                f"it needs a section '## {title}'", where="handout/notebook.md"
            ) from None

    def _part(self, number: int, part: Part) -> Iterator[Cell]:
        worth = f"{part.points:g} points, about {part.minutes} minutes"
        head = f"## {number}. {part.title}\n\n`{part.file}.py`, {worth}\n\n"
        yield from self._page(part.file, head + part.text)
        cells = dict(enumerate(split_module(self.stubs[part.file])))
        for piece, name in enumerate(part.functions, 1):
            yield from self._function(part, name, piece, cells[piece])
        for title, section in self.own.items():
            picture = _PICTURE.fullmatch(title)
            if picture and picture[1] == part.file:
                name = picture[2]
                yield _text(f"picture-{name}-text", section.partition("\n")[2])
                yield _code(f"picture-{name}", f'grader.picture("{name}")', role="check")

    def _function(self, part: Part, name: str, piece: int, source: str) -> Iterator[Cell]:
        place = f"{part.file}-{name}"
        points = f"{part.function_points[name]:g}"
        worth = f"{points} point{'' if points == '1' else 's'}"
        head = f"### `{part.calls[name]}`\n\n{worth}\n\n"
        yield from self._page(place, head + part.functions[name])
        about = {"file": f"{part.file}.py", "piece": piece}
        yield _code(f"{place}-code", source.strip("\n"), **about)
        yield _code(f"{place}-check", f'grader.check("{name}")', role="check")

    def _page(self, place: str, markdown: str) -> Iterator[Cell]:
        """Yield a page of the handout; its longer Python is there to be run."""
        files = list(self.stubs)
        for number, piece in enumerate(pieces(in_one_namespace(markdown, files))):
            name = f"{place}-{number}" if number else place
            if piece.is_code:
                yield _code(name, in_one_namespace(piece.text, files, prompt=""), role="text")
            else:
                yield _text(name, piece.text)


def _text(name: str, markdown: str) -> Cell:
    return {"cell_type": "markdown"} | _cell(name, markdown, {"role": "text"})


def _code(name: str, source: str, **about: Any) -> Cell:
    return {"cell_type": "code", "execution_count": None, "outputs": []} | _cell(
        name, source, about
    )


def _cell(name: str, source: str, about: Mapping[str, Any]) -> Cell:
    """Return what every cell has; its id says what it is, so that it never changes."""
    words = re.findall(r"[A-Za-z0-9_]+", name)
    return {
        "id": "-".join(words)[:MAX_ID],
        "metadata": {"autograder": dict(about)},
        "source": source.strip("\n").splitlines(keepends=True),
    }
