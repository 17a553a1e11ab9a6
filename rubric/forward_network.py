"""The forward pass: the network with one hidden layer (notes, sections 1.1 and 1.3)."""

import numpy as np

import activations
import forward as right
import separability
from autograder.authoring import Inputs, Question, real

__all__ = ["forward"]


NETWORK = Inputs.of(f=real("t d"), H=real("d v"), b_H=real("1 v"), U=real("v m"), b_U=real("1 m"))

forward = Question(
    "forward",
    points=3.5,
    inputs=NETWORK,
    edges=[NETWORK.fixing(t=1), NETWORK.fixing(d=1), NETWORK.fixing(v=1)],
    returns=("k", "h", "z", "o"),
)


def _network(f, H, b_H, U, b_U, g):
    k = f @ H + b_H
    h = g(k)
    z = h @ U + b_U
    return k, h, z, right.softmax(z)


@forward.mistake(
    "no-nonlinearity", "The activation is left out: h is k itself, and the network is linear."
)
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, b_U, lambda k: k.copy())


@forward.mistake("tanh-for-relu", "The hidden activation is tanh; it should be ReLU.")
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, b_U, np.tanh)


@forward.mistake("sigmoid-for-relu", "The hidden activation is the sigmoid; it should be ReLU.")
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, b_U, lambda k: 1 / (1 + np.exp(-k)))


@forward.mistake(
    "hidden-bias-forgotten",
    "The hidden bias b_H is not added to k, so every unit's threshold is 0.",
)
def _(f, H, b_H, U, b_U):
    return _network(f, H, 0 * b_H, U, b_U, lambda k: np.maximum(k, 0))


@forward.mistake(
    "output-bias-forgotten",
    "The output bias b_U is not added to z: it moves each label's logit, whatever h is.",
)
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, 0 * b_U, lambda k: np.maximum(k, 0))


@forward.mistake(
    "logits-of-k", "The logits are computed from k; they come from h, after the activation."
)
def _(f, H, b_H, U, b_U):
    k = f @ H + b_H
    z = k @ U + b_U
    return k, np.maximum(k, 0), z, right.softmax(z)


@forward.mistake(
    "relu-on-logits", "ReLU is applied to the logits as well; only the hidden layer has one."
)
def _(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = np.maximum(k, 0)
    z = np.maximum(h @ U + b_U, 0)
    return k, h, z, right.softmax(z)


@forward.mistake(
    "k-after-relu",
    "k comes back after ReLU, the same as h; k is what goes into ReLU, negative numbers included.",
)
def _(f, H, b_H, U, b_U):
    _, h, z, o = _network(f, H, b_H, U, b_U, lambda k: np.maximum(k, 0))
    return h.copy(), h, z, o


@forward.mistake(
    "bias-after-relu", "The hidden bias is added after ReLU; it is part of k, so it comes before."
)
def _(f, H, b_H, U, b_U):
    k = f @ H
    h = np.maximum(k, 0) + b_H
    z = h @ U + b_U
    return k, h, z, right.softmax(z)


@forward.mistake(
    "hidden-bias-outside-relu",
    "k is right, but h is made without it: the hidden bias is added to ReLU(f H), after ReLU; h is"
    " ReLU of k.",
)
def _(f, H, b_H, U, b_U):
    h = np.maximum(f @ H, 0) + b_H
    z = h @ U + b_U
    return f @ H + b_H, h, z, right.softmax(z)


@forward.mistake(
    "hidden-bias-added-twice",
    "The hidden bias is added again after ReLU; it is in k already, and belongs nowhere else.",
)
def _(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = np.maximum(k, 0) + b_H
    z = h @ U + b_U
    return k, h, z, right.softmax(z)


@forward.mistake(
    "softmax-applied-again",
    "softmax is applied twice: o is the softmax of probabilities, not of the logits z.",
)
def _(f, H, b_H, U, b_U):
    k, h, z, o = _network(f, H, b_H, U, b_U, lambda k: np.maximum(k, 0))
    return k, h, z, right.softmax(o)


@forward.mistake(
    "softmax-over-columns",
    "o adds up to 1 down each column; each item is a row, and its labels' probabilities do.",
)
def _(f, H, b_H, U, b_U):
    k, h, z, _ = _network(f, H, b_H, U, b_U, lambda k: np.maximum(k, 0))
    return k, h, z, right.softmax(z.T).T


@forward.mistake(
    "sigmoid-for-softmax",
    "o is the sigmoid of each logit by itself; softmax makes each row add up to 1.",
)
def _(f, H, b_H, U, b_U):
    k, h, z, _ = _network(f, H, b_H, U, b_U, lambda k: np.maximum(k, 0))
    return k, h, z, 1 / (1 + np.exp(-z))


@forward.way()
def _(f, H, b_H, U, b_U):
    k = separability.affine(f, H, b_H)
    h = activations.relu(k)
    z = separability.affine(h, U, b_U)
    return k, h, z, right.softmax(z)
