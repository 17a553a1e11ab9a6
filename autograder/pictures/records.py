"""What a report's pictures show: frozen records of checked, finite numbers, and no drawing yet."""

from dataclasses import dataclass

import numpy as np

from autograder.core.compare import is_close

__all__ = [
    "Curve",
    "CurvesPicture",
    "NetworkFrame",
    "NetworkPicture",
    "Picture",
    "Pictures",
    "Problem",
    "WordsFrame",
    "WordsPicture",
]


@dataclass(frozen=True)
class Problem:
    """Why a picture, or the rest of its frames, is not there.

    Attributes
    ----------
    sentence : str
        Without the first capital and the full stop; clean text, not HTML.
    is_started : bool
        False where a function is not written yet, which is no mistake.
    """

    sentence: str
    is_started: bool = True


@dataclass(frozen=True, eq=False)
class Curve:
    """One function's values over x.

    Attributes
    ----------
    function : str
        ``file.function``.
    x, expected : numpy.ndarray, shape (n,)
        Where it was called, and what is right there.
    got : numpy.ndarray, shape (n,), or None
        The student's; not finite where theirs is not. None where there is a problem.
    problem : Problem or None
        Why there is none.
    """

    function: str
    x: np.ndarray
    expected: np.ndarray
    got: np.ndarray | None
    problem: Problem | None = None

    @property
    def name(self) -> str:
        """The function's name in its file."""
        return self.function.rpartition(".")[2]

    @property
    def is_wrong(self) -> np.ndarray:
        """Where it differs from what is right; nowhere if there is no curve."""
        if self.got is None:
            return np.zeros(self.x.shape, bool)
        return ~is_close(self.got, self.expected, dtype_name="float64")


@dataclass(frozen=True)
class CurvesPicture:
    """A function, and its derivative where there is one.

    Attributes
    ----------
    title, said : str
        As the rubric has them.
    curves : tuple of Curve
        One for each.
    """

    title: str
    said: str
    curves: tuple[Curve, ...]


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


@dataclass(frozen=True, eq=False)
class NetworkPicture:
    """A network while it was trained by the student's code.

    Attributes
    ----------
    title, text : str
        As the rubric has them.
    functions : tuple of str
        ``file.function`` of what trains, and of the forward pass.
    f, y : numpy.ndarray
        The items, shapes (t, 2) and (t,).
    labels : tuple of str
        The two labels.
    low, high : tuple of float
        The corners of the box of `scores`.
    span, top : float
        The largest hidden activation, and the largest loss, of the right network.
    frames : tuple of NetworkFrame
        As far as they are sound.
    losses : tuple of float
        For each epoch, as the student's code gives them, nan for what is not finite; empty where
        something else came back.
    problem : Problem or None
        Why there are no frames, or no more.
    """

    title: str
    text: str
    functions: tuple[str, ...]
    f: np.ndarray
    y: np.ndarray
    labels: tuple[str, ...]
    low: tuple[float, float]
    high: tuple[float, float]
    span: float
    top: float
    frames: tuple[NetworkFrame, ...]
    losses: tuple[float, ...]
    problem: Problem | None = None


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


@dataclass(frozen=True, eq=False)
class WordsPicture:
    """Embeddings while they were trained by the student's code.

    Attributes
    ----------
    title, text : str
        As the rubric has them.
    functions : tuple of str
        As of `NetworkPicture`.
    words : tuple of str
        In the order of the ids.
    groups : tuple of (str, int)
        What words in a row have in common, and how many they are.
    count : int
        Of items.
    span : float
        The largest number in the right tables.
    top, frames, losses, problem
        As of `NetworkPicture`.
    """

    title: str
    text: str
    functions: tuple[str, ...]
    words: tuple[str, ...]
    groups: tuple[tuple[str, int], ...]
    count: int
    span: float
    top: float
    frames: tuple[WordsFrame, ...]
    losses: tuple[float, ...]
    problem: Problem | None = None


Picture = CurvesPicture | NetworkPicture | WordsPicture


@dataclass(frozen=True)
class Pictures:
    """All pictures of a report.

    Attributes
    ----------
    pictures : tuple
        In the rubric's order.
    notice : str
        A sentence where there are none by the grader's fault.
    """

    pictures: tuple[Picture, ...] = ()
    notice: str = ""
