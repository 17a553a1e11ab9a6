"""Train a network of words with the student's own functions, epoch by epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.pictures.experiment import Program, StoppedError
from autograder.pictures.numbers import UnusableError, read_array, read_arrays, read_results

from .data import Part, Texts
from .linear import Linear

__all__ = ["AT_WORK", "FUNCTIONS", "Epoch", "Run", "Settings", "read_labels", "train"]

#: The module that runs in the worker, and what is called of it.
AT_WORK = "words_at_work"
FUNCTIONS = (
    "read_texts",
    "begin",
    "run_epoch",
    "finish",
    "resume",
    "label",
    "find_nearest",
)

#: The first rows of E are drawn from a normal distribution of this width: with very small ones
#: training begins so near to a saddle that it hardly moves (see the handout).
SPREAD = 0.5


@dataclass(frozen=True)
class Settings:
    """What one chooses before training: the hyperparameters, in the notes' symbols.

    `e` numbers for a word, `v` hidden units, the learning rate, `n` words in a window, items in a
    minibatch, epochs, words in the vocabulary, and the seed.
    """

    e: int
    v: int
    lr: float
    n: int
    batch_size: int
    epochs: int
    size: int
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """One epoch: the loss, and the shares with the right label, the linear model's beside them."""

    loss: float
    training: float
    held_out: float
    linear: float


@dataclass(frozen=True, eq=False)
class Run:
    """A network that was trained.

    Attributes
    ----------
    settings : Settings
        How.
    epochs : tuple of Epoch
        What each came to.
    E : numpy.ndarray, shape (V, e)
        The embeddings.
    params : dict of str to numpy.ndarray
        H, b_H, U, b_U.
    words : dict of str to int
        The id of each word that has one of its own.
    """

    settings: Settings
    epochs: tuple[Epoch, ...]
    E: np.ndarray
    params: dict[str, np.ndarray]
    words: dict[str, int]


def train(
    program: Program,
    texts: Texts,
    checking: Part,
    settings: Settings,
    listen: Callable[[int, Epoch], None],
) -> Run:
    """Train on the texts, and call `listen` after each epoch; `checking` is never trained on."""
    s, n = settings, settings.n
    shapes = (len(texts.training.y), n), (len(checking.y), n)
    names = ("ids", "other ids", "ids of words")
    known = sorted({word for text in texts.training.texts for word in text.split()})
    arguments = texts.training.lines, checking.lines, s.size, n
    came = program.call("read_texts", *arguments, returns=("array",) * 3)
    try:
        trees = read_results(came, names)
        ids, others = [
            _read_ids(tree, shape, what="what encode returns", below=s.size + 2)
            for tree, shape in zip(trees, shapes, strict=False)
        ]
        rows = _read_ids(trees[2], (len(known),), what="the vocabulary", below=s.size + 2)
        size = int(rows.max(initial=1)) + 1
        m = len(texts.labels)
        linear = Linear(ids, texts.training.y, m, s.size + 2)
        E = np.random.default_rng(s.seed).normal(scale=SPREAD, size=(size, s.e))
        program.call("begin", E, s.v, m, s.seed)
        epochs = []
        for number in range(s.epochs):
            seed = s.seed * s.epochs + number
            came = program.call("run_epoch", s.lr, s.batch_size, seed, returns=("array",) * 3)
            told = [read_array(tree, (), what="the loss") for tree in came]
            linear.run_epoch(s.lr, s.batch_size, seed)
            loss, right, held_out = map(float, told)
            epochs.append(Epoch(loss, right, held_out, linear.measure(others, checking.y)))
            listen(number + 1, epochs[-1])
        E, params = _read_model(program, (size, s.e), s.v, m, n)
    except UnusableError as unusable:
        raise StoppedError(f"this can't go on: {unusable}") from None
    words = {word: int(row) for word, row in zip(known, rows, strict=True) if row > 1}
    return Run(s, tuple(epochs), E, params, words)


def _read_ids(tree: Any, shape: tuple[int, ...], *, what: str, below: int) -> np.ndarray:
    ids = read_array(tree, shape, what=what)
    if ids.size and (ids.min() < 0 or ids.max() >= below or (ids != np.floor(ids)).any()):
        raise UnusableError(f"{what} holds other ids than 0 to {below - 1}")
    return ids.astype(np.int64)


def _read_model(
    program: Program, table: tuple[int, int], v: int, m: int, n: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    shapes = {"H": (n * table[1], v), "b_H": (1, v), "U": (v, m), "b_U": (1, m)}
    came = program.call("finish", returns=("array", dict.fromkeys(shapes, "array")))
    E, params = read_results(came, ("E", "params"))
    return read_array(E, table, what="E"), read_arrays(params, shapes, what="params")


def read_labels(program: Program, texts: list[str], m: int) -> np.ndarray:
    """Return the labels that the student's `classify` gives texts."""
    try:
        y = read_array(program.call("label", "\n".join(texts)), (len(texts),), what="the labels")
        if y.size and (y.min() < 0 or y.max() >= m):
            raise UnusableError(f"the labels are not all between 0 and {m - 1}")
    except UnusableError as unusable:
        raise StoppedError(f"this can't go on: {unusable}") from None
    return y.astype(np.int64)
