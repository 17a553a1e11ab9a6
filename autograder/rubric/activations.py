"""The nonlinear activation functions and their derivatives (notes, section 1.2)."""

import math

import numpy as np

import activations as right
from autograder.language.inputs import Inputs, away_from_zero, extreme, one_of, real
from autograder.language.words import Check, Examples, Gradient, Part, Question, hundredths

__all__ = ["PART"]

PART = Part("activations", "Activation functions", notes="1.2")

X = Inputs.of(x=real("t v", size=4))
#: ReLU and leaky ReLU have a kink at 0; what their derivative is there is one question of its own.
SMOOTH_X = Inputs.of(x=away_from_zero("t v", size=4))
EXTREME_X = Inputs.of(x=extreme("t v"))

SLOPE = one_of(0.01, 0.25, 0.5)
BETA = one_of(1.0, 2.0, 0.5)


def activation(name: str, inputs: Inputs, *, proof: Gradient | None = None) -> Question:
    """Ask for an activation function or derivative: 0.8 points, and 0.2 for extreme inputs."""
    question = PART.question(
        name,
        points=0.8,
        inputs=inputs,
        edges=[inputs.fixing(t=1)],
        returns=f"{name}(x)",
        proof=proof,
    )
    wide = inputs.replacing(x=extreme("t v"))
    return question.also(
        Check(
            "large",
            "finite and right for large inputs",
            "values",
            hundredths(0.2),
            examples=Examples(wide, 4),
        )
    )


def derivative_of(function: object) -> Gradient:
    """Prove a derivative: of the sum of `function` over all entries, at x."""
    return Gradient(
        of=lambda x, *rest: function(rest[-1], *rest[:-1]).sum(),  # type: ignore[operator]
        at=lambda x, *rest: x,
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
    on="large",
)
def _(x):
    return np.exp(x) / (np.exp(x) + 1)


@sigmoid.mistake(
    "tanh-not-sigmoid", "This is tanh, which runs from -1 to 1; sigmoid runs from 0 to 1."
)
def _(x):
    return np.tanh(x)


tanh = activation("tanh", X)


@tanh.mistake(
    "overflow", "For large x the exponentials overflow, and inf / inf is nan.", on="large"
)
def _(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


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


@relu.mistake("absolute-value", "Negative inputs come out positive: this is the absolute value.")
def _(x):
    return np.abs(x)


@relu.mistake(
    "column-maximum",
    "This takes the largest value down each column; ReLU compares every entry with 0.",
)
def _(x):
    return np.max(x, 0)


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


@gelu.mistake(
    "root-two-forgotten", "erf takes x divided by the square root of 2; here it takes x itself."
)
def _(x):
    return 0.5 * x * (1 + np.vectorize(math.erf, otypes=[float])(x))


swish = activation("swish", Inputs.of(x=real("t v", size=4), beta=BETA))


@swish.mistake("beta-ignored", "beta is ignored: this is right only where beta is 1.")
def _(x, beta=1.0):
    return x * right.sigmoid(x)


@swish.mistake(
    "factor-x-forgotten", "This is the sigmoid of beta x alone; swish multiplies it by x."
)
def _(x, beta=1.0):
    return right.sigmoid(beta * x)


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


sigmoid_grad = activation("sigmoid_grad", X, proof=derivative_of(right.sigmoid))


@sigmoid_grad.mistake(
    "takes-the-output",
    "This is s (1 - s) with x itself as s; the sigmoid of x has to be taken first.",
)
def _(x):
    return x * (1 - x)


@sigmoid_grad.mistake(
    "sigmoid-twice",
    "The sigmoid is applied twice: the derivative is taken at sigmoid(x), not at x.",
)
def _(x):
    s = right.sigmoid(right.sigmoid(x))
    return s * (1 - s)


@sigmoid_grad.mistake("sigmoid-itself", "This is the sigmoid, not its derivative.")
def _(x):
    return right.sigmoid(x)


tanh_grad = activation("tanh_grad", X, proof=derivative_of(right.tanh))


@tanh_grad.mistake(
    "takes-the-output",
    "This is 1 - x squared: x is taken for tanh(x), which has to be computed first.",
)
def _(x):
    return 1 - x**2


@tanh_grad.mistake("not-squared", "This is 1 - tanh(x); tanh(x) has to be squared.")
def _(x):
    return 1 - np.tanh(x)


relu_grad = activation("relu_grad", SMOOTH_X, proof=derivative_of(right.relu))


@relu_grad.mistake(
    "relu-itself", "This is ReLU, not its derivative: the derivative is 1 where x is positive."
)
def _(x):
    return np.maximum(x, 0.0)


@relu_grad.mistake("one-everywhere", "The derivative is 1 everywhere here; for negative x it is 0.")
def _(x):
    return np.ones_like(x)


@relu_grad.mistake("sign-not-step", "This is -1 for negative x; the derivative of ReLU is 0 there.")
def _(x):
    return np.sign(x)


leaky_relu_grad = activation(
    "leaky_relu_grad",
    Inputs.of(x=away_from_zero("t v", size=4), slope=SLOPE),
    proof=derivative_of(right.leaky_relu),
)


@leaky_relu_grad.mistake(
    "slope-ignored", "The slope is ignored: for negative x the derivative is the slope, not 0."
)
def _(x, slope=0.01):
    return np.where(x >= 0, 1.0, 0.0)


@leaky_relu_grad.mistake(
    "slope-on-the-wrong-side", "The slope stands where x is positive; it belongs to negative x."
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


@gelu_grad.mistake("density-without-x", "The second term of the product rule lacks its factor x.")
def _(x):
    return _normal_cdf(x) + _normal_density(x)


@gelu_grad.mistake("gelu-itself", "This is GELU, not its derivative.")
def _(x):
    return right.gelu(x)


swish_grad = activation(
    "swish_grad", Inputs.of(x=real("t v", size=4), beta=BETA), proof=derivative_of(right.swish)
)


@swish_grad.mistake(
    "second-term-forgotten", "The product rule has two terms; this is the first alone."
)
def _(x, beta=1.0):
    return right.sigmoid(beta * x)


@swish_grad.mistake(
    "inner-beta-forgotten", "The chain rule's factor beta is missing from the second term."
)
def _(x, beta=1.0):
    s = right.sigmoid(beta * x)
    return s + x * s * (1 - s)


@swish_grad.mistake("beta-ignored", "beta is ignored: this is right only where beta is 1.")
def _(x, beta=1.0):
    s = right.sigmoid(x)
    return s + x * s * (1 - s)
