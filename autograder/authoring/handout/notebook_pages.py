"""Cut the handout's markdown into what becomes cells: sections, text and the Python in between."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

__all__ = ["Piece", "in_one_namespace", "pieces", "sections"]

_HEADING = re.compile(r"^(?=## )", re.M)
_PYTHON = re.compile(r"^```python\n(.*?)^```$\n?", re.M | re.S)


@dataclass(frozen=True)
class Piece:
    """What one cell holds: markdown, or Python."""

    text: str
    is_code: bool


def sections(markdown: str) -> dict[str, str]:
    r"""Return a text's sections by their titles; what comes first has an empty title.

    Parameters
    ----------
    markdown : str
        With headings of the second level.

    Examples
    --------
    >>> from autograder.authoring.handout.notebook_pages import sections
    >>> sections("# Homework\n\n## Symbols\n\nThe letters.\n")
    {'': '# Homework\n\n', 'Symbols': '## Symbols\n\nThe letters.\n'}
    """
    first, *rest = _HEADING.split(markdown)
    return {"": first} | {text.partition("\n")[0].removeprefix("## "): text for text in rest}


def pieces(markdown: str) -> Iterator[Piece]:
    """Yield the text, and each fenced block of ``python``, which can be run, by itself."""
    for number, text in enumerate(_PYTHON.split(markdown)):
        if text.strip():
            yield Piece(text.strip(), number % 2 == 1)


def in_one_namespace(text: str, modules: Collection[str], *, prompt: str = ">>> ") -> str:
    r"""Return a text without imports that a notebook has no need of.

    Parameters
    ----------
    text : str
        Markdown or Python.
    modules : collection of str
        The homework's modules, whose functions are all at hand in a notebook. So is numpy.
    prompt : str
        What a line of Python begins with.

    Examples
    --------
    >>> from autograder.authoring.handout.notebook_pages import in_one_namespace
    >>> in_one_namespace(">>> from forward import softmax\n>>> softmax(z)\n", ["forward"])
    '>>> softmax(z)\n'
    """
    names = "|".join([re.escape(module) for module in modules])
    unneeded = rf"^{prompt}(from ({names}) import .*|import ({names})|import numpy as np)\n+"
    return re.sub(unneeded, "", text, flags=re.M)
