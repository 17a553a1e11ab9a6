"""The derivatives of the activation functions (notes, section 1.2)."""

import math

import numpy as np

import activations as right
from autograder.authoring import Gradient, Inputs, away_from_zero
from rubric.activations import BETA, SLOPE, X, activation

__all__ = [
    "gelu_grad",
    "leaky_relu_grad",
    "relu_grad",
    "sigmoid_grad",
    "swish_grad",
    "tanh_grad",
]


#: ReLU and leaky ReLU have a kink at 0; what their derivative is there is one question of its own.
SMOOTH_X = Inputs.of(x=away_from_zero("t v", size=4))


def derivative_of(function: object) -> Gradient:
    """Prove a derivative: of each entry of `function` at the entry of x in its place."""
    return Gradient(
        of=lambda x, *rest: function(rest[-1], *rest[:-1]),  # type: ignore[operator]
        at=lambda x, *rest: x,
        take=lambda numeric: np.einsum("ijij->ij", numeric),
    )


sigmoid_grad = activation("sigmoid_grad", X, proof=derivative_of(right.sigmoid))


@sigmoid_grad.mistake(
    "takes-the-output",
    "This is s (1 - s) with x itself as s; take the sigmoid of x first.",
)
def _(x):
    return x * (1 - x)


@sigmoid_grad.mistake(
    "takes-x-in-one-factor",
    "This is s (1 - x): both factors take s, the sigmoid of x.",
)
def _(x):
    return right.sigmoid(x) * (1 - x)


@sigmoid_grad.mistake(
    "sigmoid-twice",
    "The sigmoid is applied twice: the derivative is taken at sigmoid(x), not at x.",
)
def _(x):
    s = right.sigmoid(right.sigmoid(x))
    return s * (1 - s)


@sigmoid_grad.mistake(
    "factor-forgotten",
    "This is 1 - s alone, with s the sigmoid of x; s is a factor of the derivative as well.",
)
def _(x):
    return 1 - right.sigmoid(x)


@sigmoid_grad.mistake(
    "formula-of-tanh",
    "This is 1 - s squared, the formula of tanh's derivative, with the sigmoid in it.",
)
def _(x):
    return 1 - right.sigmoid(x) ** 2


@sigmoid_grad.mistake(
    "overflow-for-negative-x",
    "For large negative x the exponential of -x overflows, and inf / inf is nan.",
    shows_in="large",
)
def _(x):
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


@sigmoid_grad.mistake(
    "overflow-for-positive-x",
    "For large positive x the exponential of x overflows, and inf / inf is nan.",
    shows_in="large",
)
def _(x):
    return np.exp(x) / (1 + np.exp(x)) ** 2


@sigmoid_grad.mistake(
    "sigmoid-itself",
    "This is the sigmoid, not its derivative: the curve's height, not its slope.",
)
def _(x):
    return right.sigmoid(x)


@sigmoid_grad.way()
def _(x):
    s = right.sigmoid(x)
    return s * (1 - s)


@sigmoid_grad.way()
def _(x):
    return right.sigmoid(x) * right.sigmoid(-x)


tanh_grad = activation("tanh_grad", X, proof=derivative_of(right.tanh))


@tanh_grad.mistake(
    "takes-the-output",
    "This is 1 - x squared, as if x were tanh(x) already; compute tanh(x) first.",
)
def _(x):
    return 1 - x**2


@tanh_grad.mistake("not-squared", "This is 1 - tanh(x); tanh(x) has to be squared.")
def _(x):
    return 1 - np.tanh(x)


@tanh_grad.mistake(
    "tanh-itself",
    "This is tanh, not its derivative: the curve's height, not its slope.",
)
def _(x):
    return np.tanh(x)


@tanh_grad.mistake(
    "formula-of-sigmoid",
    "This is s (1 - s), the formula of the sigmoid's derivative, with tanh in it.",
)
def _(x):
    return np.tanh(x) * (1 - np.tanh(x))


@tanh_grad.mistake(
    "tanh-twice", "tanh is applied twice: the derivative is taken at tanh(x), not at x."
)
def _(x):
    return 1 - np.tanh(np.tanh(x)) ** 2


@tanh_grad.mistake(
    "overflow", "For large x the exponentials overflow, and inf / inf is nan.", shows_in="large"
)
def _(x):
    t = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
    return 1 - t**2


@tanh_grad.way()
def _(x):
    return 1 - right.tanh(x) ** 2


relu_grad = activation("relu_grad", SMOOTH_X, proof=derivative_of(right.relu))


#: What people write in place of the derivative of ReLU, or of leaky ReLU.
IN_PLACE_OF_THE_STEP = [
    (
        "one-everywhere",
        np.ones_like,
        "The derivative is 1 everywhere here; for negative x it is {1}.",
    ),
    (
        "sign-not-step",
        np.sign,
        "This is -1 for negative x; the derivative of {0} is {1} there.",
    ),
    (
        "relu-itself",
        lambda x: np.maximum(x, 0.0),
        "This is ReLU, not a derivative: the derivative of {0} is 1 where x is at least 0.",
    ),
]

for name, wrong, sentence in IN_PLACE_OF_THE_STEP:
    relu_grad.mistake(name, sentence.format("ReLU", "0"))(wrong)


@relu_grad.mistake(
    "leaky-not-relu",
    "This is 0.01 for negative x, the derivative of leaky ReLU; that of ReLU is 0 there.",
)
def _(x):
    return np.where(x >= 0, 1.0, 0.01)


@relu_grad.mistake(
    "reversed",
    "This is 1 for negative x and 0 for positive x; ReLU rises where x is positive, and is flat"
    " elsewhere.",
)
def _(x):
    return np.where(x < 0, 1.0, 0.0)


@relu_grad.way()
def _(x):
    return right.leaky_relu_grad(x, 0.0)


leaky_relu_grad = activation(
    "leaky_relu_grad", SMOOTH_X, slope=SLOPE, proof=derivative_of(right.leaky_relu)
)


for name, wrong, sentence in IN_PLACE_OF_THE_STEP:
    leaky_relu_grad.mistake(name, sentence.format("leaky ReLU", "the slope"))(
        lambda x, slope=0.01, wrong=wrong: wrong(x)
    )


@leaky_relu_grad.mistake(
    "slope-ignored", "The slope is ignored: for negative x the derivative is the slope, not 0."
)
def _(x, slope=0.01):
    return np.where(x >= 0, 1.0, 0.0)


@leaky_relu_grad.mistake(
    "slope-on-the-wrong-side",
    "The slope is used where x is positive; it belongs where x is negative.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, slope, 1.0)


@leaky_relu_grad.mistake(
    "negative-slope", "The slope has the wrong sign: leaky ReLU rises for negative x, too."
)
def _(x, slope=0.01):
    return np.where(x >= 0, 1.0, -slope)


@leaky_relu_grad.mistake(
    "times-x",
    "For negative x this is slope times x, the function itself; its derivative is the slope.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, 1.0, slope * x)


@leaky_relu_grad.mistake(
    "leaky-relu-itself",
    "This is leaky ReLU, not its derivative, which takes one of two values whatever the size of x.",
)
def _(x, slope=0.01):
    return np.where(x >= 0, x, slope * x)


@leaky_relu_grad.mistake(
    "slope-fixed", "The slope is always 0.01 here, whatever the argument says."
)
def _(x, slope=0.01):
    return np.where(x >= 0, 1.0, 0.01)


@leaky_relu_grad.way()
def _(x, slope=0.01):
    return slope + (1 - slope) * right.relu_grad(x)


gelu_grad = activation("gelu_grad", X, proof=derivative_of(right.gelu))


def _normal_cdf(x):
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))


def _normal_density(x):
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


@gelu_grad.mistake(
    "density-term-forgotten",
    "The product rule has two terms: x times the derivative of the cdf is missing.",
)
def _(x):
    return _normal_cdf(x)


@gelu_grad.mistake(
    "density-without-x",
    "The second term of the product rule lacks its factor x: there the cdf is differentiated, and"
    " x stays.",
)
def _(x):
    return _normal_cdf(x) + _normal_density(x)


@gelu_grad.mistake(
    "density-precedence",
    "The density is divided by the square root of 2 and multiplied by pi; both belong below"
    " the fraction line.",
)
def _(x):
    return _normal_cdf(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2) * math.pi


@gelu_grad.mistake(
    "density-alone",
    "This is the derivative of x times that of the cdf; a product's derivative has two terms.",
)
def _(x):
    return _normal_density(x)


@gelu_grad.mistake(
    "density-not-normalised",
    "The density lacks its constant, one over the square root of 2 pi: its area has to be 1.",
)
def _(x):
    return _normal_cdf(x) + x * np.exp(-(x**2) / 2)


@gelu_grad.mistake(
    "root-two-forgotten", "erf takes x divided by the square root of 2; here it takes x itself."
)
def _(x):
    return _normal_cdf(x * math.sqrt(2)) + x * _normal_density(x)


@gelu_grad.mistake(
    "divided-by-four",
    "erf takes x divided by the square root of 2; here x is divided by 4, as in x / 2 ** 1 / 2:"
    " the power comes first.",
)
def _(x):
    return _normal_cdf(x / math.sqrt(8)) + x * _normal_density(x)


@gelu_grad.mistake(
    "tanh-approximation",
    "This is the derivative of the tanh approximation of GELU; you need that of the exact GELU.",
)
def _(x):
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2)


@gelu_grad.mistake(
    "sigmoid-approximation",
    "This is the derivative of x * sigmoid(1.702 x), which approximates GELU; you need that of"
    " the exact GELU.",
)
def _(x):
    s = right.sigmoid(1.702 * x)
    return s + 1.702 * x * s * (1 - s)


@gelu_grad.mistake(
    "gelu-twice", "GELU is applied first: the derivative is taken at gelu(x), not at x."
)
def _(x):
    return right.gelu_grad(right.gelu(x))


@gelu_grad.mistake(
    "gelu-itself",
    "This is GELU, not its derivative: the curve's height, not its slope.",
)
def _(x):
    return right.gelu(x)


swish_grad = activation("swish_grad", X, beta=BETA, proof=derivative_of(right.swish))


@swish_grad.mistake(
    "second-term-forgotten",
    "The product rule has two terms; this is the first alone, with x differentiated.",
)
def _(x, beta=1.0):
    return right.sigmoid(beta * x)


@swish_grad.mistake(
    "inner-beta-forgotten",
    "The chain rule's factor beta is missing from the second term: the sigmoid is taken of beta x.",
)
def _(x, beta=1.0):
    s = right.sigmoid(beta * x)
    return s + x * s * (1 - s)


@swish_grad.mistake("beta-ignored", "beta is ignored: this is right only where beta is 1.")
def _(x, beta=1.0):
    s = right.sigmoid(x)
    return s + x * s * (1 - s)


@swish_grad.mistake(
    "product-of-derivatives",
    "This is the derivative of x times that of the sigmoid; a product's derivative has two terms.",
)
def _(x, beta=1.0):
    s = right.sigmoid(beta * x)
    return beta * s * (1 - s)


@swish_grad.mistake(
    "factor-x-forgotten",
    "The second term of the product rule lacks its factor x: there the sigmoid is differentiated,"
    " and x stays.",
)
def _(x, beta=1.0):
    s = right.sigmoid(beta * x)
    return s + beta * s * (1 - s)


@swish_grad.mistake(
    "beta-outside-only",
    "beta is a factor here, but the sigmoid is taken of x; take it of beta times x.",
)
def _(x, beta=1.0):
    s = right.sigmoid(x)
    return s + beta * x * s * (1 - s)


@swish_grad.mistake(
    "swish-twice", "swish is applied first: the derivative is taken at swish(x), not at x."
)
def _(x, beta=1.0):
    return right.swish_grad(right.swish(x, beta), beta)


@swish_grad.mistake(
    "swish-itself",
    "This is swish, not its derivative: the curve's height, not its slope.",
)
def _(x, beta=1.0):
    return right.swish(x, beta)


@swish_grad.way()
def _(x, beta=1.0):
    s = right.sigmoid(beta * x)
    return s + beta * right.swish(x, beta) * (1 - s)
