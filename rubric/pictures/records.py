"""What the trainings show: frozen records of checked, finite numbers, and no drawing yet."""

from dataclasses import dataclass

import numpy as np

from autograder.pictures.records import Problem

__all__ = ["NetworkFrame", "NetworkPicture", "Training", "WordsFrame", "WordsPicture"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """What both kinds have in common.

    Attributes
    ----------
    title, text : str
        As the rubric has them.
    functions : tuple of str
        ``file.function`` of what trains, and of the forward pass.
    span, top : float
        The largest number that is drawn, and the largest loss, of the right network.
    losses : tuple of float
        For each epoch, as the student's code gives them, nan for what is not finite; empty where
        something else came back.
    problem : Problem or None
        Why there are no frames, or no more.
    """

    title: str
    text: str
    functions: tuple[str, ...]
    span: float
    top: float
    losses: tuple[float, ...]
    problem: Problem | None = None


@dataclass(frozen=True, eq=False)
class NetworkFrame:
    """A network after some epochs.

    Attributes
    ----------
    epoch : int
        How many.
    hidden : numpy.ndarray, shape (t, 2)
        Where the hidden layer puts each item.
    line : tuple of float
        (w1, w2, c): the output layer chooses the second label where w1 h1 + w2 h2 + c > 0.
    scores : numpy.ndarray, shape (n, n)
        Over the picture's box, second feature first: log of the second label's probability over the
        first one's.
    is_right : tuple of bool
        For each item whether its label is the more probable one.
    """

    epoch: int
    hidden: np.ndarray
    line: tuple[float, float, float]
    scores: np.ndarray
    is_right: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkPicture(Training):
    """A network while it was trained by the student's code.

    Attributes
    ----------
    f, y : numpy.ndarray
        The items, shapes (t, 2) and (t,).
    labels : tuple of str
        The two labels.
    low, high : tuple of float
        The corners of the box of `NetworkFrame.scores`.
    frames : tuple of NetworkFrame
        As far as they are sound.
    """

    f: np.ndarray
    y: np.ndarray
    labels: tuple[str, ...]
    low: tuple[float, float]
    high: tuple[float, float]
    frames: tuple[NetworkFrame, ...]


@dataclass(frozen=True, eq=False)
class WordsFrame:
    """An embedding table after some epochs.

    Attributes
    ----------
    epoch : int
        How many.
    E : numpy.ndarray, shape (V, 2)
        The words' embeddings.
    right : int
        How many items have the right label; -1 where it is not known.
    """

    epoch: int
    E: np.ndarray
    right: int


@dataclass(frozen=True, kw_only=True, eq=False)
class WordsPicture(Training):
    """Embeddings while they were trained by the student's code.

    Attributes
    ----------
    words : tuple of str
        In the order of the ids.
    groups : tuple of (str, int)
        What words in a row have in common, and how many they are.
    count : int
        Of items.
    frames : tuple of WordsFrame
        As far as they are sound.
    """

    words: tuple[str, ...]
    groups: tuple[tuple[str, int], ...]
    count: int
    frames: tuple[WordsFrame, ...]
