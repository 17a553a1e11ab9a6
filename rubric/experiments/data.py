"""Read the texts that a network is to learn, and part them.

A text is a line of words separated by spaces. Items are parted once, by a fixed seed, into those
that are trained on, those that one looks at while choosing (held out), and those that are looked at
once, at the end (test).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import UsageError
from autograder.homework.own_code import load_own

__all__ = ["Part", "Texts", "read_lines", "read_texts"]

#: Of all items; the rest is trained on.
HELD_OUT, TEST = 0.15, 0.15

#: Of the order in which items are parted.
SEED = 0


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the items: their texts, and their labels of shape (t,)."""

    texts: tuple[str, ...]
    y: np.ndarray

    @property
    def lines(self) -> tuple[str, np.ndarray]:
        """As they go to the worker."""
        return "\n".join(self.texts), self.y


@dataclass(frozen=True, eq=False)
class Texts:
    """All items, parted.

    Attributes
    ----------
    name : str
        What they are called.
    labels : tuple of str
        The m labels.
    n : int
        How many words a window has unless someone says another number.
    training, held_out, test : Part
        The parts.
    """

    name: str
    labels: tuple[str, ...]
    n: int
    training: Part
    held_out: Part
    test: Part


def read_texts(root: Path, name: str) -> Texts:
    """Return the texts of a name in ``datasets/``, or of a file.

    A ``.tsv`` has a label for each text; any other file is plain text, of which windows are made.
    """
    datasets: Any = load_own(root, "datasets")
    try:
        texts = datasets.load_texts(name)
    except datasets.DatasetError as error:
        raise UsageError(str(error)) from None
    order = np.random.default_rng(SEED).permutation(len(texts.y))
    ends = np.cumsum([round(len(order) * share) for share in (TEST, HELD_OUT)])
    test, held_out, training = np.split(order, ends)
    if not len(test) or not len(held_out):
        raise UsageError(f"{name} has {len(order)} texts: too few to hold any out")

    def part(items: np.ndarray) -> Part:
        return Part(tuple([texts.texts[item] for item in items]), texts.y[items])

    n = max([len(text.split()) for text in texts.texts])
    return Texts(name, texts.labels, n, part(training), part(held_out), part(test))


def read_lines(path: Path) -> list[str]:
    """Return the texts of a file, one a line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read: {error}") from None
    if not any(lines):
        raise UsageError(f"{path} holds no texts: write one on each line")
    return [line.rpartition("\t")[0] or line for line in lines]
