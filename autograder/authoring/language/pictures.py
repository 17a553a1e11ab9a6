"""The words that a homework's pictures are declared with: curves, a network, an embedding table.

A picture shows what the student's own functions give. It is worth no points and decides nothing.
``PICTURES`` of the rubric holds them in the order of the report; a rubric without it has none.
`autograder.authoring.compiler.pictures` turns each into the calls to make and what is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.authoring.language.where import calling_line

__all__ = ["Curves", "Network", "Picture", "Words"]


@dataclass(frozen=True)
class Curves:
    """An elementwise function, and its derivative, drawn over x against the right ones.

    Attributes
    ----------
    title : str
        The function in words.
    functions : tuple of str
        ``file.function`` of the function, and of its derivative where there is one.
    more : tuple
        Arguments after x, the same for all of the functions.
    said : str
        What `more` is, in words; empty where there is nothing to say.
    x : tuple of float
        The first and the last x. The points between them lie evenly, and none at 0: what holds at
        a kink is a convention, charged elsewhere.
    is_column : bool
        Whether x has shape (t, 1) instead of (t,).
    where : str
        File and line of the rubric, for messages to its author.
    """

    title: str
    functions: tuple[str, ...]
    more: tuple[Any, ...] = ()
    said: str = ""
    x: tuple[float, float] = (-4.0, 4.0)
    is_column: bool = False
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)


@dataclass(frozen=True)
class Network:
    """A network with two features, two hidden units and two labels, while it is trained.

    The hidden space, the decision regions and the loss, frame by frame.

    Attributes
    ----------
    title : str
        What is learnt, in words.
    text : str
        What to look at, in a few sentences.
    train, forward : str
        ``file.function``. `train` takes (f, y, params, lr, epochs, batch_size, seed) and returns
        (params, losses); `forward` takes (f, H, b_H, U, b_U) and returns (k, h, z, o).
    f, y : numpy.ndarray
        The items, shapes (t, 2) and (t,). All of them are one minibatch, so that no order changes
        what comes of it.
    labels : tuple of str
        The two labels.
    params : mapping of str to numpy.ndarray
        Where training starts; the reference must put every item right in the last frame.
    lr : float
        The learning rate.
    epochs : tuple of int
        The frames: after how many epochs. Each frame is a training of its own.
    where : str
        File and line of the rubric, for messages to its author.
    """

    title: str
    text: str
    train: str
    forward: str
    f: np.ndarray
    y: np.ndarray
    labels: Sequence[str]
    params: Mapping[str, np.ndarray]
    lr: float
    epochs: tuple[int, ...]
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)


@dataclass(frozen=True)
class Words:
    """Embeddings of two numbers each, while they are trained with a network.

    Attributes
    ----------
    title, text : str
        As of `Network`.
    train, forward : str
        As of `Network`, but that `train` takes (ids, y, E, params, lr, epochs, batch_size, seed)
        and returns (E, params, losses).
    words : mapping of str to sequence of str
        The vocabulary, in the order of the ids, by what each group of words has in common.
    ids, y : numpy.ndarray
        The items, shapes (t, n) and (t,), all in one minibatch.
    E : numpy.ndarray, shape (V, 2)
        The embedding table to start from.
    params : mapping of str to numpy.ndarray
        As of `Network`, and so are the attributes that follow.
    """

    title: str
    text: str
    train: str
    forward: str
    words: Mapping[str, Sequence[str]]
    ids: np.ndarray
    y: np.ndarray
    E: np.ndarray
    params: Mapping[str, np.ndarray]
    lr: float
    epochs: tuple[int, ...]
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)


Picture = Curves | Network | Words
