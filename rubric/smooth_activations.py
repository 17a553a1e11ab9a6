"""GELU, Swish and SwiGLU (notes, section 1.2)."""

import math

import numpy as np

import activations as right
from autograder.authoring import Inputs, Question, real
from rubric.activations import BETA, X, activation

__all__ = ["gelu", "swiglu", "swish"]


gelu = activation("gelu", X)


@gelu.mistake(
    "tanh-approximation",
    "This is the tanh approximation of GELU; you need the exact one, with erf.",
)
def _(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@gelu.mistake(
    "sigmoid-approximation",
    "This is the approximation x * sigmoid(1.702 x); you need the exact GELU, with erf.",
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
    "divided-by-four",
    "erf takes x divided by the square root of 2; here x is divided by 4, as in x / 2 ** 1 / 2:"
    " the power comes first.",
)
def _(x):
    return 0.5 * x * (1 + _erf(x / 4))


@gelu.mistake(
    "factor-x-forgotten",
    "This is the normal cdf, which runs from 0 to 1; GELU multiplies x by it.",
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
    "x is multiplied by the normal density, the bell curve; GELU uses the cumulative distribution.",
)
def _(x):
    return x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


#: Abramowitz and Stegun, 7.1.26: the polynomial that most people copy, right to 1.5e-7.
ERF_POLYNOMIAL = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@gelu.mistake(
    "erf-approximated",
    "erf is approximated by a polynomial here, which is off by up to 1e-7; you need the exact"
    " erf, and Python's standard library has one.",
)
def _(x):
    z = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    tail = sum([a * t ** (i + 1) for i, a in enumerate(ERF_POLYNOMIAL)]) * np.exp(-(z**2))
    return 0.5 * x * (1 + np.sign(x) * (1 - tail))


@gelu.way()
def _(x):
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)))


swish = activation("swish", X, beta=BETA)


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
    "beta is outside the sigmoid, where it scales the whole result; it belongs inside.",
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
    shows_in="large",
)
def _(x, beta=1.0):
    return x * np.exp(beta * x) / (1 + np.exp(beta * x))


GATED = Inputs.of(x=real("t d"), W=real("d v"), V=real("d v"))

swiglu = Question(
    "swiglu",
    points=1.5,
    inputs=GATED,
    edges=[
        GATED.fixing(t=1),
        GATED.fixing(d=1),
        GATED.replacing(x=real("t d", size=1000)),  # a naive exponential of x W overflows
    ],
    returns="swiglu(x, W, V)",
)


@swiglu.mistake("matrices-swapped", "W and V are swapped: take swish of x W, not of x V.")
def _(x, W, V):
    return (x @ W) * right.swish(x @ V)


@swiglu.mistake("sigmoid-gate", "The gate is the sigmoid of x W; SwiGLU uses swish.")
def _(x, W, V):
    return right.sigmoid(x @ W) * (x @ V)


@swiglu.mistake("gelu-gate", "The gate is GELU of x W (that is GEGLU); SwiGLU uses swish.")
def _(x, W, V):
    return right.gelu(x @ W) * (x @ V)


@swiglu.mistake(
    "no-gate",
    "The two products are multiplied without swish: nothing is gated.",
)
def _(x, W, V):
    return (x @ W) * (x @ V)


@swiglu.mistake(
    "swish-on-both", "swish is taken of both products; only the gate, x W, goes through it."
)
def _(x, W, V):
    return right.swish(x @ W) * right.swish(x @ V)


@swiglu.mistake(
    "swish-before-the-product",
    "swish is taken of x, before the product with W; the gate is swish of x W.",
)
def _(x, W, V):
    return (right.swish(x) @ W) * (x @ V)


@swiglu.mistake(
    "overflow",
    "For large positive x W the exponential overflows in numerator and denominator, and inf / inf"
    " is nan.",
)
def _(x, W, V):
    e = np.exp(x @ W)
    return x @ W * e / (1 + e) * (x @ V)


@swiglu.mistake(
    "matrix-product",
    "The gate and x V are multiplied as matrices, which only works where t equals v; a gate"
    " acts on each entry by itself.",
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
