"""The nonlinear activation functions (notes, section 1.2).

Their derivatives are in `activation_gradients`.
"""

from typing import Any

import numpy as np

import activations as right
from autograder.authoring import (
    Check,
    Examples,
    Gradient,
    Inputs,
    Question,
    away_from_zero,
    constant,
    extreme,
    one_of,
    real,
)

__all__ = ["BETA", "SLOPE", "X", "activation", "leaky_relu", "relu", "sigmoid", "tanh"]


X = Inputs.of(x=real("t v", size=4))

SLOPE = (0.01, 0.25, 0.5)
BETA = (1.0, 2.0, 0.5)

#: Between the usual inputs and the extreme ones, where a function that is cut off too early shows.
MEDIUM = away_from_zero("5 4", size=20)


def _come_near_the_limit(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make sure of some x at which the function has nearly reached its limit, on either side."""
    x = arguments["x"].copy()
    x.flat[:4] = (5.25, -5.25, 7.25, -7.25)
    return arguments | {"x": x}


def _shrink(arguments: dict[str, Any]) -> dict[str, Any]:
    """Bring x near to 0, where a threshold other than 0 shows."""
    return arguments | {"x": arguments["x"] / 1000}


def activation(
    name: str, x: Inputs, *, proof: Gradient | None = None, **last: tuple[float, ...]
) -> Question:
    """Ask for an activation function or derivative: a quarter of a point for each fact of it.

    The usual five and extreme inputs; where there is a `last` argument with a default, extreme ones
    with each of its values, and a call that leaves it out, too.
    """
    inputs = Inputs.of(**x.specs, **{other: one_of(*values) for other, values in last.items()})
    extremes = inputs.replacing(x=extreme("t v"))
    medium = inputs.replacing(x=MEDIUM).adjusted(_come_near_the_limit)
    each = [
        extremes.replacing(**{other: constant(value)})
        for other, values in last.items()
        for value in values
    ]
    large = Check(
        "large",
        "large inputs",
        "values",
        0.25,
        examples=Examples(extremes, 4, edges=(medium, *each)),
    )
    default = Check(
        "default",
        "last argument left out",
        "values",
        0.25,
        examples=Examples(Inputs.of(x=inputs.specs["x"]), 3),
    )
    return Question(
        name,
        points=1.75 if last else 1.5,
        inputs=inputs,
        edges=[
            inputs.fixing(t=1),
            inputs.replacing(x=away_from_zero("t v")).adjusted(_shrink),
        ],
        returns=f"{name}(x)",
        checks=[large, default] if last else [large],
        proof=proof,
    )


sigmoid = activation("sigmoid", X)


@sigmoid.mistake(
    "sign-in-exponent", "The exponent has the wrong sign: this falls where sigmoid rises."
)
def _(x):
    return 1 / (1 + np.exp(np.clip(x, -700, 700)))


@sigmoid.mistake(
    "overflow",
    "For large x both the numerator and the denominator overflow, and inf / inf is nan.",
    shows_in="large",
)
def _(x):
    return np.exp(x) / (np.exp(x) + 1)


@sigmoid.mistake(
    "tanh-not-sigmoid", "This is tanh, which runs from -1 to 1; sigmoid runs from 0 to 1."
)
def _(x):
    return np.tanh(x)


@sigmoid.mistake(
    "minus-in-denominator",
    "The exponential is subtracted from 1, so the denominator becomes 0 at x = 0; add it to 1.",
)
def _(x):
    return 1 / (1 - np.exp(-x))


@sigmoid.mistake(
    "argument-not-halved",
    "Written with tanh, sigmoid(x) takes tanh at half of x; here it is taken at x.",
)
def _(x):
    return 0.5 * (1 + np.tanh(x))


@sigmoid.mistake(
    "step-not-sigmoid",
    "This is a hard step, 0 or 1; the sigmoid rises gradually, so that it has a gradient.",
)
def _(x):
    return np.where(x > 0, 1.0, 0.0)


tanh = activation("tanh", X)


@tanh.mistake(
    "overflow", "For large x the exponentials overflow, and inf / inf is nan.", shows_in="large"
)
def _(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@tanh.mistake(
    "overflow-for-positive-x",
    "For large positive x the exponential of 2 x overflows, and inf / inf is nan.",
    shows_in="large",
)
def _(x):
    return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


@tanh.mistake(
    "overflow-for-negative-x",
    "For large negative x the exponential of -2 x overflows, and inf / inf is nan.",
    shows_in="large",
)
def _(x):
    return (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))


@tanh.way()
def _(x):
    return 2 * right.sigmoid(2 * x) - 1


@tanh.mistake("arctan-not-tanh", "This is arctan, the inverse of tan, not tanh.")
def _(x):
    return np.arctan(x)


@tanh.mistake(
    "sigmoid-not-tanh", "This is the sigmoid, which runs from 0 to 1; tanh runs from -1 to 1."
)
def _(x):
    return right.sigmoid(x)


@tanh.mistake(
    "argument-not-doubled",
    "Written with the sigmoid, tanh(x) takes the sigmoid at twice x; here it is taken at x.",
)
def _(x):
    return 2 * right.sigmoid(x) - 1


relu = activation("relu", X)


@relu.mistake(
    "negative-part",
    "Negative x is kept and positive x becomes 0; it is the other way around.",
)
def _(x):
    return np.minimum(x, 0.0)


@relu.mistake(
    "leaky-not-relu",
    "Negative x is multiplied by 0.01, which is leaky ReLU; ReLU makes it 0.",
)
def _(x):
    return np.where(x >= 0, x, 0.01 * x)


#: What people write in place of ReLU, or of leaky ReLU; the sentences say what negative x becomes.
IN_PLACE_OF_RELU = [
    (
        "column-maximum",
        lambda x: np.max(x, 0),
        "This takes the largest value down each column; {0} looks at every entry by itself.",
    ),
    (
        "absolute-value",
        np.abs,
        "Negative inputs come out positive: this is the absolute value; {0} makes them {1}.",
    ),
    (
        "identity",
        np.copy,
        "Negative x comes back unchanged; {0} makes it {1}, and that is what makes it nonlinear.",
    ),
    (
        "step-not-relu",
        lambda x: np.where(x > 0, 1.0, 0.0),
        "This gives 1 for every positive x; {0} keeps x as it is.",
    ),
]

for name, wrong, sentence in IN_PLACE_OF_RELU:
    relu.mistake(name, sentence.format("ReLU", "0"))(wrong)


@relu.way()
def _(x):
    return right.leaky_relu(x, 0.0)


leaky_relu = activation("leaky_relu", X, slope=SLOPE)


for name, wrong, sentence in IN_PLACE_OF_RELU:
    leaky_relu.mistake(name, sentence.format("leaky ReLU", "slope times x"))(
        lambda x, slope=0.01, wrong=wrong: wrong(x)
    )


@leaky_relu.mistake(
    "leak-added-to-x",
    "For negative x the leak is added to x, which multiplies it by 1 + slope; it belongs in x's"
    " place.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, x, x + slope * x)


@leaky_relu.mistake(
    "maximum-of-x-and-slope",
    "x is compared with the slope itself; for negative x, slope times x comes out.",
)
def _(x, slope=0.01):
    return np.maximum(x, slope)


@leaky_relu.mistake(
    "slope-ignored", "The slope is ignored: negative x becomes 0, as in plain ReLU."
)
def _(x, slope=0.01):
    return np.maximum(x, 0.0)


@leaky_relu.mistake(
    "slope-on-the-wrong-side", "The slope multiplies positive x; it belongs where x is negative."
)
def _(x, slope=0.01):
    return np.where(x >= 0, slope * x, x)


@leaky_relu.mistake("slope-fixed", "The slope is always 0.01 here, whatever the argument says.")
def _(x, slope=0.01):
    return np.where(x >= 0, x, 0.01 * x)


@leaky_relu.mistake(
    "slope-alone",
    "For negative x this is the slope itself, the same for every x; it has to be multiplied by x.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, x, slope)


@leaky_relu.mistake(
    "slope-subtracted", "The slope is subtracted from negative x; it has to be multiplied by x."
)
def _(x, slope=0.01):
    return np.where(x >= 0, x, x - slope)


@leaky_relu.mistake(
    "negative-slope",
    "For negative x the sign is wrong: the result is positive there, and should stay negative.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, x, -slope * x)


@leaky_relu.way()
def _(x, slope=0.01):
    return right.relu(x) - slope * right.relu(-x)
