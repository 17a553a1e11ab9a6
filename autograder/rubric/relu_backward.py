"""Back through the hidden layer: U transposed, and the gate of ReLU (notes, section 1.3)."""

import numpy as np

from activations import relu
from autograder.language.inputs import Inputs, away_from_zero, constant, real, with_zeros
from autograder.language.words import Examples, Gradient, Kink, Part

PART = Part("relu_backward", "ReLU backward", notes="1.3")

TO_HIDDEN = Inputs.of(dz=real("t m"), U=real("v m"))

hidden_grad = PART.question(
    "hidden_grad",
    points=4,
    inputs=TO_HIDDEN,
    edges=[TO_HIDDEN.fixing(t=1)],
    returns="dl/dh",
    proof=Gradient(
        of=lambda dz, U, point: (dz * (point @ U)).sum(),
        at=lambda dz, U: np.ones((len(dz), len(U))),
    ),
)


@hidden_grad.mistake(
    "divided-by-t", "This is divided by t already; the average is taken once, in the update."
)
def _(dz, U):
    return dz @ U.T / len(dz)


@hidden_grad.mistake("sign", "The sign is wrong.")
def _(dz, U):
    return -dz @ U.T


@hidden_grad.mistake(
    "transposed", "This is the transpose: each item is a row, each hidden unit a column."
)
def _(dz, U):
    return U @ dz.T


@hidden_grad.mistake(
    "divided-by-m", "This is divided by the number of labels; their contributions are added."
)
def _(dz, U):
    return dz @ U.T / dz.shape[1]


THROUGH_GATE = Inputs.of(dh=real("t v"), k=away_from_zero("t v"))

relu_backward = PART.question(
    "relu_backward",
    points=6,
    inputs=THROUGH_GATE,
    edges=[THROUGH_GATE.fixing(t=1)],
    returns="dl/dk",
    proof=Gradient(of=lambda dh, k, point: (dh * relu(point)).sum(), at=lambda dh, k: k),
)


@relu_backward.mistake("no-gate", "dh comes back as it is: where k is negative nothing passes.")
def _(dh, k):
    return dh.copy()


@relu_backward.mistake(
    "times-k", "dh is multiplied by k, or by ReLU(k); the local derivative is 1 or 0."
)
def _(dh, k):
    return dh * np.maximum(k, 0)


@relu_backward.mistake("gate-of-dh", "The gate is taken from dh; it is open where k is positive.")
def _(dh, k):
    return np.maximum(dh, 0)


@relu_backward.mistake(
    "gate-alone", "This is the local derivative alone; it has to be multiplied by dh."
)
def _(dh, k):
    return np.where(k >= 0, 1.0, 0.0)


@relu_backward.mistake(
    "gate-reversed", "The gate is open where k is negative, and shut where k is positive."
)
def _(dh, k):
    return np.where(k >= 0, 0.0, dh)


@relu_backward.mistake(
    "divided-by-t", "This is divided by t already; the average is taken once, in the update."
)
def _(dh, k):
    return dh * (k >= 0) / len(dh)


PART.kinks.append(
    Kink(
        name="kink",
        title="at k exactly 0 the derivative of ReLU is 1",
        points=100,
        misconception="relu-gradient-zero-at-zero",
        sentence=(
            "Where k is exactly 0 the derivative is taken as 0. The notes define it as 1 there"
            " (k >= 0); most libraries take 0. It is charged once in the whole homework."
        ),
        inputs={
            "relu_backward.relu_backward": (
                Examples(Inputs.of(dh=away_from_zero("t v"), k=with_zeros("t v")), 4),
                lambda dh, k: dh * (k > 0),
            ),
            "activations.relu_grad": (
                Examples(Inputs.of(x=with_zeros("t v")), 2),
                lambda x: np.where(x > 0, 1.0, 0.0),
            ),
            "activations.leaky_relu_grad": (
                Examples(Inputs.of(x=with_zeros("t v"), slope=constant(0.25)), 2),
                lambda x, slope: np.where(x > 0, 1.0, slope),
            ),
        },
    )
)
