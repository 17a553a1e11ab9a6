"""The pictures of the report: what the student's own functions draw, worth no points.

For the compiler alone: the two kinds `Network` and `Words` of this homework, and which pictures
there are. Training is run once with the reference: a picture whose training the reference does not
bring to an end, all items right in the last frame, fails the compile.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.authoring import Compiled, Curves, Picture, PictureReference
from datasets import load

__all__ = ["MOST_EPOCHS", "PICTURES", "Network", "Words"]

#: Epochs of all frames together: the reference takes some 50 us for one, and a student's Python
#: loops on a slow machine a hundred times as long as it takes to wait for them gladly.
MOST_EPOCHS = 2500
MOST_FRAMES = 40

#: How far the decision regions reach beyond the items, as a share of the items' own range.
MARGIN = 0.6

#: Seed of the shuffling; all items are one minibatch, so it changes nothing.
SEED = 0

PARAMS = ("H", "b_H", "U", "b_U")


@dataclass(frozen=True, kw_only=True)
class Training(Picture):
    """What both kinds have in common: a network with two labels while it is trained.

    Attributes
    ----------
    text : str
        What to look at, in a few sentences.
    train, forward : str
        ``file.function``. `forward` takes (f, H, b_H, U, b_U) and returns (k, h, z, o).
    y : numpy.ndarray, shape (t,)
        The items' labels. All items are one minibatch, so that no order changes what comes of it.
    params : mapping of str to numpy.ndarray
        Where training starts; the reference must put every item right in the last frame.
    lr : float
        The learning rate.
    epochs : tuple of int
        The frames: after how many epochs. Each frame is a training of its own.
    """

    text: str
    train: str
    forward: str
    y: np.ndarray
    params: Mapping[str, np.ndarray]
    lr: float
    epochs: tuple[int, ...]

    def list_calls(self, *start: np.ndarray) -> list[tuple[Any, ...]]:
        """Return the calls of all frames, which begin with the items and what they need."""
        epochs = self.epochs
        is_rising = list(epochs) == sorted(set(epochs))
        if not epochs or not is_rising or epochs[0] < 0 or not epochs[-1]:
            self.refuse("epochs is a rising list of how long to train for each frame")
        if len(epochs) > MOST_FRAMES or sum(epochs) > MOST_EPOCHS:
            self.refuse(
                f"its frames are trained for {sum(epochs)} epochs, each from the start: at most"
                f" {MOST_FRAMES} frames and {MOST_EPOCHS} epochs are quick enough"
            )
        params = {name: np.asarray(self.params[name], np.float64) for name in PARAMS}
        return [(*start, params, float(self.lr), int(e), len(self.y), SEED) for e in epochs]

    def pass_forward(
        self, reference: PictureReference, f: np.ndarray, params: Any
    ) -> list[np.ndarray]:
        """Return k, h, z, o of a forward pass with the result of a training."""
        arrays = [params[name][0] for name in PARAMS]
        return [array for array, *_ in reference.results(self.forward, [(f, *arrays)])[0]]

    def require_all_right(self, reference: PictureReference, f: np.ndarray, params: Any) -> None:
        """Require each item to have its label at the end."""
        wrong = int(np.sum(self.pass_forward(reference, f, params)[3].argmax(axis=1) != self.y))
        if wrong:
            self.refuse(
                f"after {self.epochs[-1]} epochs the reference has {wrong} of {len(self.y)} items"
                " wrong: train longer, or start elsewhere"
            )

    def compile_training(
        self, reference: PictureReference, calls: list[tuple[Any, ...]], losses: Any, **more: Any
    ) -> Compiled:
        """Return what the key holds of a training; `losses` are the right ones of the last."""
        data = {
            "text": self.text,
            "epochs": self.epochs,
            "shapes": {name: np.shape(self.params[name]) for name in PARAMS},
            "forward_returns": reference.structure(self.forward),
            "top": float(np.max(losses[0])),
        }
        requests = {self.train: reference.request(self.train, calls)}
        return Compiled((self.train, self.forward), requests, data | more)


@dataclass(frozen=True, kw_only=True)
class Network(Training):
    """Two features, two hidden units, two labels: regions, hidden space and loss, frame by frame.

    Attributes
    ----------
    f : numpy.ndarray, shape (t, 2)
        The items. `train` takes (f, y, params, lr, epochs, batch_size, seed) and returns
        (params, losses).
    labels : sequence of str
        The two labels.
    """

    kind = "network"

    f: np.ndarray
    labels: Sequence[str]

    def compile(self, reference: PictureReference) -> Compiled:
        """Train with the reference."""
        f, y = np.asarray(self.f, np.float64), np.asarray(self.y, np.int64)
        H, U = self.params["H"], self.params["U"]
        if f.shape != (len(y), 2) or np.shape(H) != (2, 2) or np.shape(U) != (2, 2):
            self.refuse("it takes 2 features, 2 hidden units and 2 labels")
        calls = self.list_calls(f, y)
        trained = reference.results(self.train, calls)
        self.require_all_right(reference, f, trained[-1][0])
        hidden = [self.pass_forward(reference, f, params)[1] for params, _ in trained]
        low, high = f.min(axis=0), f.max(axis=0)
        margin = MARGIN * (high - low)
        return self.compile_training(
            reference,
            calls,
            trained[-1][1],
            f=f,
            y=y,
            labels=tuple(self.labels),
            box=(low - margin, high + margin),
            span=float(np.max(hidden)),
        )


@dataclass(frozen=True, kw_only=True)
class Words(Training):
    """Embeddings of two numbers each, while they are trained with a network.

    Attributes
    ----------
    words : mapping of str to sequence of str
        The vocabulary, in the order of the ids, by what each group of words has in common.
    ids : numpy.ndarray, shape (t, n)
        The items. `train` takes (ids, y, E, params, lr, epochs, batch_size, seed) and returns
        (E, params, losses).
    E : numpy.ndarray, shape (V, 2)
        The embedding table to start from.
    """

    kind = "words"

    words: Mapping[str, Sequence[str]]
    ids: np.ndarray
    E: np.ndarray

    def compile(self, reference: PictureReference) -> Compiled:
        """Train with the reference."""
        ids, y = np.asarray(self.ids, np.int64), np.asarray(self.y, np.int64)
        E = np.asarray(self.E, np.float64)
        words = tuple([word for group in self.words.values() for word in group])
        if E.shape != (len(words), 2) or ids.min() < 0 or ids.max() >= len(words):
            self.refuse("the embedding table takes 2 numbers a word, and each id a word")
        calls = self.list_calls(ids, y, E)
        trained = reference.results(self.train, calls)
        tables = [table[0] for table, *_ in trained]
        self.require_all_right(reference, tables[-1][ids].reshape(len(ids), -1), trained[-1][1])
        return self.compile_training(
            reference,
            calls,
            trained[-1][2],
            ids=ids,
            y=y,
            words=words,
            groups=tuple([(name, len(group)) for name, group in self.words.items()]),
            span=float(np.max(np.abs(tables))),
        )


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


def _declare_with_grad(title: str, name: str, *more: float, said: str = "") -> Curves:
    functions = (f"activations.{name}", f"activations.{name}_grad")
    return Curves(title, functions, more, said, name="activations")


PICTURES: tuple[Picture, ...] = (
    _declare_with_grad("sigmoid", "sigmoid"),
    _declare_with_grad("tanh", "tanh"),
    _declare_with_grad("ReLU", "relu"),
    _declare_with_grad("leaky ReLU", "leaky_relu", 0.1, said="slope 0.1"),
    _declare_with_grad("GELU", "gelu"),
    _declare_with_grad("swish", "swish", 1.0, said="beta 1"),
    Curves(
        "SwiGLU",
        ("activations.swiglu",),
        (np.ones((1, 1)), np.ones((1, 1))),
        "W and V 1",
        is_column=True,
        name="activations",
    ),
    Network(
        title="xor: two features that only together tell the label",
        name="xor",
        text="No line separates the labels in the space of f1 and f2. The hidden layer moves the"
        " four points into a space of its own, h1, h2 (the notes' g1, g2): at first a shifted and"
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
        title="Word embeddings: phrases of two words",
        name="embeddings",
        text="Each phrase is two words, such as 'very good' or 'not bad', and is positive or"
        " negative. Nothing says what a word means. Still, words that do the same to a phrase end"
        " up together, since the same gradients pull them.",
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
