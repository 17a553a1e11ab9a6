"""Predictions of the trained network (notes, section 1.3)."""

from typing import Any

import numpy as np

import activations
import separability
from autograder.authoring import Inputs, Question, real, record

__all__ = ["is_clear", "predict"]


PREDICTED = Inputs.of(
    f=real("t d"),
    params=record(H=real("d v"), b_H=real("1 v"), U=real("v m"), b_U=real("1 m")),
)


def is_clear(f: np.ndarray, params: dict[str, np.ndarray]) -> bool:
    """Tell whether no two labels of an item are equally probable: either would be right."""
    z = np.maximum(f @ params["H"] + params["b_H"], 0) @ params["U"] + params["b_U"]
    best = np.sort(z, axis=1)
    return bool((best[:, -1] - best[:, -2] > 0.1).all())


def without_ties(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Draw again where labels are tied."""
    return arguments if is_clear(arguments["f"], arguments["params"]) else None


PREDICTED = PREDICTED.adjusted(without_ties)

predict = Question(
    "predict",
    points=1.5,
    inputs=PREDICTED,
    edges=[PREDICTED.fixing(t=1), PREDICTED.fixing(d=1)],
    returns="labels",
)


def _logits(f, params):
    return np.maximum(f @ params["H"] + params["b_H"], 0) @ params["U"] + params["b_U"]


@predict.mistake("labels-from-one", "The labels are counted from 1; here they start at 0.")
def _(f, params):
    return _logits(f, params).argmax(axis=1) + 1


@predict.mistake("least-probable", "This is the least probable label.")
def _(f, params):
    return _logits(f, params).argmin(axis=1)


@predict.mistake(
    "over-the-batch", "This looks for the largest entry of each column; each item is a row."
)
def _(f, params):
    return _logits(f, params).argmax(axis=0)


@predict.mistake("one-hot", "The labels come back as one-hot rows; return the number of the label.")
def _(f, params):
    z = _logits(f, params)
    return np.eye(z.shape[1])[z.argmax(axis=1)]


@predict.mistake(
    "probabilities", "These are the probabilities; return the label with the largest one."
)
def _(f, params):
    z = _logits(f, params)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@predict.mistake(
    "two-way-threshold",
    "This chooses label 1 where its probability is above one half, else label 0; there may be"
    " more than two labels.",
)
def _(f, params):
    z = _logits(f, params)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True))[:, 1] > 0.5


@predict.mistake(
    "above-one-half",
    "This looks for a probability above one half; with more than two labels there may be none, and"
    " then label 0 comes out. Take the largest.",
)
def _(f, params):
    z = _logits(f, params)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) > 0.5).argmax(axis=1)


@predict.mistake("logits", "These are the logits; return the label with the largest one.")
def _(f, params):
    return _logits(f, params)


@predict.mistake(
    "no-nonlinearity", "The activation is left out on the way: the network is linear then."
)
def _(f, params):
    k = f @ params["H"] + params["b_H"]
    return (k @ params["U"] + params["b_U"]).argmax(axis=1)


@predict.mistake("biases-forgotten", "The biases are left out on the way to the logits.")
def _(f, params):
    return (np.maximum(f @ params["H"], 0) @ params["U"]).argmax(axis=1)


@predict.mistake(
    "one-label-for-all",
    "This looks for the largest entry of the whole batch; each item has a label of its own.",
)
def _(f, params):
    z = _logits(f, params)
    return np.full(len(f), z.argmax() % z.shape[1])


@predict.way()
def _(f, params):
    h = activations.relu(separability.affine(f, params["H"], params["b_H"]))
    return separability.affine(h, params["U"], params["b_U"]).argmax(axis=1)
