"""Rubrics given as text, and how a sentence about one of their lines begins."""

from collections.abc import Callable
from pathlib import Path

from autograder.homework.find import SETTINGS

__all__ = [
    "Compile",
    "EXAM",
    "HEAD",
    "QUESTION",
    "SOLUTION",
    "at",
    "convention",
    "homework",
    "line_of",
    "place",
]

SOLUTION = '''\
"""Sums."""

import numpy as np


def mean(x):
    """Average over the items."""
    return x.mean(axis=0, keepdims=True)
'''

#: What every rubric of these tests begins with; its lines are numbered from 1.
HEAD = """\
import numpy as np

from autograder.authoring import *

X = Inputs.of(x=real("t d"))
"""

QUESTION = 'mean = Question("mean", points=100, inputs=X, returns="r")\n'

#: What one ends with, unless it says something else of the exam.
EXAM = 'EXAM = Exam(Part("tiny", "A tiny part", "", mean))\n'

Compile = Callable[..., str]


def line_of(text: str, rubric: str) -> int:
    """Return the number of the first line that holds `text`."""
    return next(n for n, line in enumerate(rubric.splitlines(), start=1) if text in line)


def place(text: str, rubric: str) -> str:
    """Return how the line with `text` is called."""
    return f"tiny_rubric.py line {line_of(text, rubric)}"


def at(text: str, rubric: str) -> str:
    """Return how a sentence about the line with `text` begins."""
    return f"{place(text, rubric)}: "


def convention(
    name: str = "tiny.mean", other: str = "lambda x: x * 0", inputs: str = "X", own: str = "kink"
) -> str:
    """Return an exam with one convention, which takes a point from the question's 100."""
    return (
        f'SHARED = Convention(\n    "{own}", "at 0", 1, "name", "Sentence.",'
        f' {{"{name}": (Examples({inputs}, 2), {other})}},\n)\n'
        + EXAM.replace("mean))", "mean), conventions=[SHARED])")
    )


def homework(folder: Path, rubric: str, solution: str = SOLUTION) -> Path:
    """Make a homework of one function."""
    (folder / SETTINGS).touch()
    (folder / "rubric").mkdir()
    (folder / "rubric" / "__init__.py").write_text('"""The rubric."""\n')
    (folder / "rubric" / "exam.py").write_text(rubric + EXAM)
    (folder / "solution").mkdir()
    (folder / "solution" / "tiny.py").write_text(solution)
    return folder
