"""The nonlinear activation functions (notes, section 1.2).

Their derivatives are asked for in `activation_gradients`.
"""

import math

import numpy as np

import activations as right
from autograder.language.inputs import Inputs, extreme, one_of, real
from autograder.language.words import (
    OPEN_ORDER,
    Check,
    Examples,
    Gradient,
    Part,
    Question,
    hundredths,
)

__all__ = ["BETA", "PART", "SLOPE", "X", "activation"]

PART = Part("activations", "Activation functions", notes="1.2")

X = Inputs.of(x=real("t v", size=4))

SLOPE = one_of(0.01, 0.25, 0.5)
BETA = one_of(1.0, 2.0, 0.5)


def activation(name: str, inputs: Inputs, *, proof: Gradient | None = None) -> Question:
    """Ask for an activation function or derivative: 1 point.

    0.8 for the usual checks, 0.2 for extreme inputs; where there is an argument with a default, a
    quarter of the latter for a call that leaves it out.
    """
    question = PART.question(
        name,
        points=0.8,
        inputs=inputs,
        edges=[inputs.fixing(t=1)],
        returns=f"{name}(x)",
        proof=proof,
    )
    has_default = len(inputs.specs) > 1
    question.also(
        Check(
            "large",
            "finite and right for large inputs",
            "values",
            hundredths(0.15 if has_default else 0.2),
            examples=Examples(inputs.replacing(x=extreme("t v")), 4),
        )
    )
    if has_default:
        question.also(
            Check(
                "default",
                "right with the last argument left out",
                "values",
                hundredths(0.05),
                examples=Examples(Inputs.of(x=inputs.specs["x"]), 3),
            )
        )
    return question


sigmoid = activation("sigmoid", X)


@sigmoid.mistake(
    "sign-in-exponent", "The exponent has the wrong sign: this falls where sigmoid rises."
)
def _(x):
    return 1 / (1 + np.exp(np.clip(x, -700, 700)))


@sigmoid.mistake(
    "overflow",
    "For large x both the numerator and the denominator overflow, and inf / inf is nan.",
    on="large",
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
    "The exponential is taken from 1; it is added to 1, or the denominator becomes 0 at x = 0.",
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
    "overflow", "For large x the exponentials overflow, and inf / inf is nan.", on="large"
)
def _(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@tanh.mistake(
    "overflow-for-positive-x",
    "For large positive x the exponential of 2 x overflows, and inf / inf is nan.",
    on="large",
)
def _(x):
    return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


@tanh.mistake(
    "overflow-for-negative-x",
    "For large negative x the exponential of -2 x overflows, and inf / inf is nan.",
    on="large",
)
def _(x):
    return (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))


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
    "absolute-value",
    "Negative inputs come out positive: this is the absolute value; ReLU makes them 0.",
)
def _(x):
    return np.abs(x)


@relu.mistake(
    "column-maximum",
    "This takes the largest value down each column; ReLU compares every entry with 0.",
    charged_along=OPEN_ORDER,
)
def _(x):
    return np.max(x, 0)


@relu.mistake(
    "leaky-not-relu",
    "A hundredth of negative x is left, which is leaky ReLU; ReLU leaves nothing of it.",
)
def _(x):
    return np.where(x >= 0, x, 0.01 * x)


@relu.mistake(
    "identity", "Negative x comes back as it is; ReLU makes it 0: that is what is not linear."
)
def _(x):
    return x.copy()


@relu.mistake("step-not-relu", "This gives 1 for every positive x; ReLU keeps x as it is.")
def _(x):
    return np.where(x > 0, 1.0, 0.0)


leaky_relu = activation("leaky_relu", Inputs.of(x=real("t v", size=4), slope=SLOPE))


@leaky_relu.mistake(
    "slope-ignored", "The slope is ignored: negative x becomes 0, as in plain ReLU."
)
def _(x, slope=0.01):
    return np.maximum(x, 0.0)


@leaky_relu.mistake(
    "slope-on-the-wrong-side", "The slope multiplies positive x; it belongs to negative x."
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


@leaky_relu.mistake("slope-subtracted", "The slope is taken from negative x; a slope is a factor.")
def _(x, slope=0.01):
    return np.where(x >= 0, x, x - slope)


@leaky_relu.mistake(
    "negative-slope",
    "For negative x the sign is wrong: the result is positive there, and should stay negative.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, x, -slope * x)


gelu = activation("gelu", X)


@gelu.mistake(
    "tanh-approximation",
    "This is the approximation of GELU by tanh; the exact one, with erf, is asked for.",
)
def _(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@gelu.mistake(
    "sigmoid-approximation", "This is the approximation x * sigmoid(1.702 x); erf is asked for."
)
def _(x):
    return x * right.sigmoid(1.702 * x)


def _erf(x):
    return np.vectorize(math.erf, otypes=[float])(x)


@gelu.mistake(
    "root-two-forgotten", "erf takes x divided by the square root of 2; here it takes x itself."
)
def _(x):
    return 0.5 * x * (1 + _erf(x))


@gelu.mistake(
    "divided-by-two",
    "erf takes x divided by the square root of 2; here x is divided by 2 inside it.",
)
def _(x):
    return 0.5 * x * (1 + _erf(x / 2))


@gelu.mistake(
    "factor-x-forgotten",
    "This is the normal cdf, which runs from 0 to 1; GELU weighs x with it, as a factor.",
)
def _(x):
    return 0.5 * (1 + _erf(x / math.sqrt(2)))


@gelu.mistake(
    "half-forgotten",
    "This is twice GELU: 1 + erf runs from 0 to 2, and a probability from 0 to 1.",
)
def _(x):
    return x * (1 + _erf(x / math.sqrt(2)))


@gelu.mistake(
    "density-for-cdf",
    "x is weighed with the normal density, the bell; GELU takes the cumulative distribution.",
)
def _(x):
    return x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


#: Abramowitz and Stegun, 7.1.26: the polynomial that most people copy, right to 1.5e-7.
ERF_POLYNOMIAL = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@gelu.mistake(
    "erf-approximated",
    "erf is approximated by a polynomial here, which is off by up to 1e-7; the exact erf is asked"
    " for, and Python's own library has one.",
)
def _(x):
    z = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    tail = sum([a * t ** (i + 1) for i, a in enumerate(ERF_POLYNOMIAL)]) * np.exp(-(z**2))
    return 0.5 * x * (1 + np.sign(x) * (1 - tail))


swish = activation("swish", Inputs.of(x=real("t v", size=4), beta=BETA))


@swish.mistake("beta-ignored", "beta is ignored: this is right only where beta is 1.")
def _(x, beta=1.0):
    return x * right.sigmoid(x)


@swish.mistake(
    "factor-x-forgotten", "This is the sigmoid of beta x alone; swish multiplies it by x."
)
def _(x, beta=1.0):
    return right.sigmoid(beta * x)


@swish.mistake(
    "beta-outside",
    "beta stands outside the sigmoid, where it makes the whole result larger; it belongs inside.",
)
def _(x, beta=1.0):
    return beta * x * right.sigmoid(x)


@swish.mistake(
    "beta-on-both",
    "beta multiplies both occurrences of x; it belongs inside the sigmoid only.",
)
def _(x, beta=1.0):
    return beta * x * right.sigmoid(beta * x)


@swish.mistake(
    "overflow",
    "For large positive x the exponential overflows in numerator and denominator, and inf / inf"
    " is nan.",
    on="large",
)
def _(x, beta=1.0):
    return x * np.exp(beta * x) / (1 + np.exp(beta * x))


GATED = Inputs.of(x=real("t d"), W=real("d v"), V=real("d v"))

swiglu = PART.question(
    "swiglu", points=1, inputs=GATED, edges=[GATED.fixing(t=1)], returns="swiglu(x, W, V)"
)


@swiglu.mistake(
    "matrices-swapped", "W and V have changed places: swish is taken of x W, not of x V."
)
def _(x, W, V):
    return (x @ W) * right.swish(x @ V)


@swiglu.mistake("sigmoid-gate", "The gate is the sigmoid of x W; SwiGLU takes swish of it.")
def _(x, W, V):
    return right.sigmoid(x @ W) * (x @ V)


@swiglu.mistake("gelu-gate", "The gate is GELU of x W (that is GEGLU); SwiGLU takes swish of it.")
def _(x, W, V):
    return right.gelu(x @ W) * (x @ V)


@swiglu.mistake(
    "no-gate",
    "The two products are multiplied as they are, with no swish: nothing is gated.",
)
def _(x, W, V):
    return (x @ W) * (x @ V)


@swiglu.mistake(
    "swish-on-both", "swish is taken of both products; only the gate, x W, goes through it."
)
def _(x, W, V):
    return right.swish(x @ W) * right.swish(x @ V)


@swiglu.mistake(
    "matrix-product",
    "The gate and x V meet in a matrix product, which runs only where t equals v; a gate acts on"
    " each entry by itself.",
)
def _(x, W, V):
    return right.swish(x @ W) @ (x @ V)


@swiglu.mistake(
    "halves-of-one-product",
    "x W is cut into two halves, one of which gates the other; what is gated is x V.",
)
def _(x, W, V):
    gate, value = np.split(x @ W, 2, axis=1)
    return right.swish(gate) * value
