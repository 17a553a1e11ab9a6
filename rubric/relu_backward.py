"""Back through the hidden layer: U transposed, and the gate of ReLU (notes, section 1.3)."""

from typing import Any

import numpy as np

import embeddings
from activations import relu
from autograder.authoring import (
    Convention,
    Examples,
    Gradient,
    Inputs,
    Question,
    away_from_zero,
    constant,
    real,
    with_zeros,
)

__all__ = ["declare_mistakes_through_weights", "hidden_grad", "relu_at_zero", "relu_backward"]


TO_HIDDEN = Inputs.of(dz=real("t m"), U=real("v m"))

hidden_grad = Question(
    "hidden_grad",
    points=3,
    inputs=TO_HIDDEN,
    edges=[
        TO_HIDDEN.fixing(v=2, m=2),  # square: U itself fits as well
        TO_HIDDEN.fixing(t=1),
        TO_HIDDEN.fixing(v=1),
        TO_HIDDEN.replacing(dz=real("t m", size=50)),  # larger than gradients are clipped at
    ],
    returns="dl/dh",
    proof=Gradient(
        of=lambda dz, U, point: (dz * (point @ U)).sum(),
        at=lambda dz, U: np.ones((len(dz), len(U))),
    ),
)


def declare_mistakes_through_weights(
    question: Question, weights: str, here: str, there: str, there_count: str
) -> None:
    """Declare what goes wrong on the way back through a layer's weights, of `here` and `there`."""
    for name, wrong, sentence in [
        (
            "divided-by-t",
            lambda gradient, W: gradient @ W.T / len(gradient),
            "This is already divided by t; the average is taken only once, in the update.",
        ),
        (
            "sign",
            lambda gradient, W: -gradient @ W.T,
            "The sign is wrong: going back through a layer does not flip the gradient's sign.",
        ),
        (
            "transposed",
            lambda gradient, W: W @ gradient.T,
            f"This is the transpose: each item is a row, each {here} a column.",
        ),
        (
            "not-transposed",
            lambda gradient, W: gradient @ W,
            f"{weights} is not transposed; on the way back each {there}'s gradient goes to the"
            f" {here}s, so it has to be.",
        ),
        (
            "reshaped-not-transposed",
            lambda gradient, W: gradient @ W.reshape(W.shape[::-1]),
            f"{weights} is reshaped instead of transposed: the shape is right, but the entries are"
            " in the wrong places.",
        ),
        (
            "elementwise",
            lambda gradient, W: gradient * W.T,
            f"The gradient and {weights} transposed are multiplied entry by entry; a matrix product"
            f" adds up over the {there}s.",
        ),
        (
            f"divided-by-{there_count}",
            lambda gradient, W: gradient @ W.T / gradient.shape[1],
            f"This is divided by the number of {there}s; their contributions are added.",
        ),
    ]:
        question.mistake(name, sentence)(wrong)


declare_mistakes_through_weights(hidden_grad, "U", "hidden unit", "label", "m")


@hidden_grad.way()
def _(dz, U):
    return embeddings.input_grad(dz, U)


THROUGH_GATE = Inputs.of(dh=real("t v"), k=away_from_zero("t v"))


def _bring_k_near_zero(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make every k small, where a threshold other than 0 shows."""
    return arguments | {"k": arguments["k"] / 1000}


relu_backward = Question(
    "relu_backward",
    points=4.5,
    inputs=THROUGH_GATE,
    edges=[
        THROUGH_GATE.fixing(t=1),
        THROUGH_GATE.replacing(dh=real("t v", size=50), k=away_from_zero("t v", size=50)),
        THROUGH_GATE.adjusted(_bring_k_near_zero),
    ],
    returns="dl/dk",
    proof=Gradient(of=lambda dh, k, point: (dh * relu(point)).sum(), at=lambda dh, k: k),
)


@relu_backward.mistake(
    "no-gate",
    "dh comes back unchanged, as if the gate were always open (as it is with h in place of k,"
    " since h is never negative); where k is negative nothing passes.",
)
def _(dh, k):
    return dh.copy()


@relu_backward.mistake(
    "times-k",
    "dh is multiplied by ReLU(k), the value of ReLU; multiply by its derivative, 1 or 0.",
)
def _(dh, k):
    return dh * np.maximum(k, 0)


@relu_backward.mistake(
    "times-k-itself", "dh is multiplied by k; multiply by the derivative of ReLU at k, 1 or 0."
)
def _(dh, k):
    return dh * k


@relu_backward.mistake(
    "leaky-gate", "A hundredth of dh passes where k is negative, as in leaky ReLU; nothing should."
)
def _(dh, k):
    return dh * np.where(k >= 0, 1.0, 0.01)


@relu_backward.mistake(
    "gate-of-both",
    "Here dh has to be positive as well; the gate depends on k alone, and dh may have any sign.",
)
def _(dh, k):
    return np.where((k >= 0) & (dh >= 0), dh, 0.0)


@relu_backward.mistake(
    "gate-of-dh", "The gate is computed from dh; it is open where k is positive."
)
def _(dh, k):
    return np.maximum(dh, 0)


@relu_backward.mistake(
    "gate-alone", "This is the local derivative alone; it has to be multiplied by dh."
)
def _(dh, k):
    return np.where(k >= 0, 1.0, 0.0)


@relu_backward.mistake(
    "gate-reversed",
    "The gate is open where k is negative and closed where it is positive; ReLU lets positive"
    " k pass.",
)
def _(dh, k):
    return np.where(k >= 0, 0.0, dh)


@relu_backward.mistake(
    "divided-by-t", "This is already divided by t; the average is taken only once, in the update."
)
def _(dh, k):
    return dh * (k >= 0) / len(dh)


@relu_backward.mistake(
    "no-gate-and-divided-by-t",
    "Two things: dh passes everywhere (where k is negative nothing should), and it is already"
    " divided by t.",
)
def _(dh, k):
    return dh / len(dh)


@relu_backward.mistake(
    "sign", "The sign is wrong: the gate lets dh pass or stops it; it never flips its sign."
)
def _(dh, k):
    return -dh * (k >= 0)


def _pull_down_at_zero(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make dh negative at the first k, which is 0: a gate that looks at dh is closed there."""
    dh = arguments["dh"].copy()
    dh.flat[0] = -abs(dh.flat[0])
    return arguments | {"dh": dh}


relu_at_zero = Convention(
    "kink",
    "at k exactly 0 the derivative of ReLU is 1",
    1,
    "relu-gradient-zero-at-zero",
    "Where k is exactly 0, you use 0 as the derivative. The notes define it as 1 there (k >="
    " 0); most libraries use 0. This costs points only once in the whole homework.",
    halfway=(
        "relu-gradient-half-at-zero",
        "Where k is exactly 0, you use one half as the derivative, the mean of the two slopes. The"
        " notes define it as 1 there (k >= 0). This costs points only once in the whole homework.",
    ),
    shown_by={
        "relu_backward.relu_backward": (
            Examples(
                Inputs.of(dh=away_from_zero("t v"), k=with_zeros("t v")).adjusted(
                    _pull_down_at_zero
                ),
                4,
            ),
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
