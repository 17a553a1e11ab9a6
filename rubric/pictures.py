"""The pictures of the report: what the student's own functions draw, worth no points."""

import itertools

import numpy as np

from autograder.authoring import Curves, Network, Picture, Words
from datasets import load

__all__ = ["PICTURES"]

XOR = load("xor")

#: Both units are active at all four points to begin with: the hidden space is a linear map of the
#: inputs, which no line separates (the notes' g1, g2). Training folds it. The two points of label b
#: end up on each other, as under the notes' own weights; so they do from starts nearby.
XOR_START = {
    "H": np.array([[0.5, -0.1], [-0.1, -0.5]]),
    "b_H": np.array([[0.6, 0.7]]),
    "U": np.array([[0.5, 0.1], [0.4, -0.5]]),
    "b_U": np.zeros((1, 2)),
}

XOR_FRAMES: tuple[int, ...] = (0, 1, 2, 4, 6, 8, 12, 16, 20, 25, 30, 36, 43, 50, 58, 66, 74)
XOR_FRAMES += (82, 90, 100, 110, 125, 150, 200)

#: Xor again, in words: a phrase is positive where the two words agree ('not bad').
WORDS = {
    "intensifiers": ("very", "so", "quite"),
    "negations": ("not", "never", "hardly"),
    "good words": ("good", "great", "nice"),
    "bad words": ("bad", "awful", "poor"),
}
PHRASES = np.array(list(itertools.product(range(6), range(6, 12))))
POSITIVE = ((PHRASES[:, 0] < 3) == (PHRASES[:, 1] < 9)).astype(np.int64)

#: From here all words end up with their own kind, and the four kinds far from each other.
_RNG = np.random.default_rng(37)
EMBEDDINGS_START = _RNG.uniform(-0.5, 0.5, size=(12, 2)).round(2)
PHRASES_START = {
    "H": 0.7 * _RNG.normal(size=(4, 6)).round(2),
    "b_H": np.zeros((1, 6)),
    "U": 0.7 * _RNG.normal(size=(6, 2)).round(2),
    "b_U": np.zeros((1, 2)),
}
PHRASES_FRAMES = (0, 1, 2, 4, 6, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 60, 80, 110, 150)


def _with_grad(title: str, name: str, *more: float, said: str = "") -> Curves:
    functions = (f"activations.{name}", f"activations.{name}_grad")
    return Curves(title, functions, more, said)


PICTURES: tuple[Picture, ...] = (
    _with_grad("sigmoid", "sigmoid"),
    _with_grad("tanh", "tanh"),
    _with_grad("ReLU", "relu"),
    _with_grad("leaky ReLU", "leaky_relu", 0.1, said="slope 0.1"),
    _with_grad("GELU", "gelu"),
    _with_grad("swish", "swish", 1.0, said="beta 1"),
    Curves(
        "SwiGLU",
        ("activations.swiglu",),
        (np.ones((1, 1)), np.ones((1, 1))),
        "W and V 1",
        is_column=True,
    ),
    Network(
        "xor: two features that only together tell the label",
        "No line separates the labels in the space of f1 and f2. The hidden layer moves the four"
        " points into a space of its own, h1, h2 (the notes' g1, g2): at first a shifted and"
        " stretched copy, where no line separates them either. ReLU then folds it, and one line is"
        " enough.",
        train="train.train",
        forward="forward.forward",
        f=XOR.f,
        y=XOR.y,
        labels=XOR.labels,
        params=XOR_START,
        lr=0.5,
        epochs=XOR_FRAMES,
    ),
    Words(
        "Word embeddings: phrases of two words",
        "Each phrase is two words, such as 'very good' or 'not bad', and is positive or negative."
        " Nothing says what a word means. Still, words that do the same to a phrase end up"
        " together, since the same gradients pull them.",
        train="train.train_embeddings",
        forward="forward.forward",
        words=WORDS,
        ids=PHRASES,
        y=POSITIVE,
        E=EMBEDDINGS_START,
        params=PHRASES_START,
        lr=1.0,
        epochs=PHRASES_FRAMES,
    ),
)
