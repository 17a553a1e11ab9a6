"""Why a linear model is not enough: affine maps, the step, and xor by hand (notes, section 1)."""

import numpy as np

import separability as right
from autograder.authoring import Check, Examples, Inputs, Question, extreme, real, with_zeros
from datasets import load

__all__ = ["affine", "compose_affine", "step", "xor_by_hand"]


MAP = Inputs.of(x=real("t d"), W=real("d v"), b=real("1 v"))
TWO_MAPS = Inputs.of(W0=real("d v"), b0=real("1 v"), W1=real("v m"), b1=real("1 m"))

affine = Question(
    "affine",
    points=2,
    inputs=MAP,
    edges=[MAP.fixing(t=1), MAP.fixing(d=1), MAP.fixing(v=1)],
    returns="x W + b",
)


@affine.mistake("bias-forgotten", "The bias b is not added: without it every map takes 0 to 0.")
def _(x, W, b):
    return x @ W


@affine.mistake("bias-subtracted", "The bias b is subtracted; an affine map adds it.")
def _(x, W, b):
    return x @ W - b


@affine.mistake(
    "bias-multiplied", "The product is multiplied by the bias b; b shifts the result, so add it."
)
def _(x, W, b):
    return x @ W * b


@affine.mistake(
    "bias-added-to-weights",
    "The bias is added to W before the product, so it is multiplied by x as well; add it after"
    " the product.",
)
def _(x, W, b):
    return x @ (W + b)


@affine.mistake(
    "transposed", "This is the transpose: each item is a row of the result, as it is of x."
)
def _(x, W, b):
    return W.T @ x.T + b.T


compose_affine = Question(
    "compose_affine",
    points=2,
    inputs=TWO_MAPS,
    edges=[
        TWO_MAPS.fixing(d=2, v=2, m=2),  # square: a wrong order goes unnoticed by the shapes
        TWO_MAPS.fixing(v=1),
        TWO_MAPS.fixing(d=1),
    ],
    returns=("W", "b"),
)


@compose_affine.mistake(
    "wrong-order",
    "The two matrices are multiplied in the wrong order: items are rows here, which reverses"
    " the order that the notes have for column vectors.",
)
def _(W0, b0, W1, b1):
    return W1 @ W0, b0 @ W1 + b1


@compose_affine.mistake(
    "first-bias-forgotten",
    "The bias of the first map is lost: it goes through the second map as the features do.",
)
def _(W0, b0, W1, b1):
    return W0 @ W1, b1.copy()


@compose_affine.mistake(
    "first-bias-not-mapped",
    "The first bias is added as it is; it must go through the second map's weights first.",
)
def _(W0, b0, W1, b1):
    return W0 @ W1, b0 + b1


@compose_affine.mistake(
    "biases-swapped",
    "The two biases are swapped: b0 has to go through the second map's weights, b1 is added as it"
    " is.",
)
def _(W0, b0, W1, b1):
    return W0 @ W1, b1 @ W1 + b0


@compose_affine.mistake(
    "second-bias-forgotten",
    "The bias of the second map is not added; it is part of what the two maps give together.",
)
def _(W0, b0, W1, b1):
    return W0 @ W1, b0 @ W1


@compose_affine.mistake(
    "maps-swapped",
    "The two maps are swapped, weights and biases: apply the map of W0 and b0 first.",
)
def _(W0, b0, W1, b1):
    return W1 @ W0, b1 @ W0 + b0


@compose_affine.mistake(
    "transposed",
    "Both results are transposed, as if items were columns; here an item is a row, and so is a"
    " bias.",
)
def _(W0, b0, W1, b1):
    return W1.T @ W0.T, W1.T @ b0.T + b1.T


@compose_affine.mistake(
    "bias-read-off-at-one",
    "The bias is what the two maps make of x = 1, so the sums of W's columns are in it; only at x ="
    " 0 is the bias all that is left.",
)
def _(W0, b0, W1, b1):
    W = W0 @ W1
    return W, W.sum(axis=0, keepdims=True) + b0 @ W1 + b1


@compose_affine.way()
def _(W0, b0, W1, b1):
    return W0 @ W1, right.affine(b0, W1, b1)


STEPS = Inputs.of(x=with_zeros("t v"))

step = Question(
    "step",
    points=1.5,
    inputs=STEPS,
    edges=[
        STEPS.fixing(t=1),
        # Near to 0, where another threshold shows, and far from it.
        STEPS.adjusted(lambda arguments: {"x": arguments["x"] / 1000}),
        STEPS.replacing(x=extreme("t v")),
    ],
    returns="step(x)",
)


@step.mistake("one-at-zero", "At x = 0 this is 1; the step is 1 only where x is greater than 0.")
def _(x):
    return np.where(x >= 0, 1.0, 0.0)


@step.mistake(
    "half-at-zero",
    "At x = 0 this is one half, as some libraries have it; here the step is 0 there.",
)
def _(x):
    return np.heaviside(x, 0.5)


@step.mistake("sign-not-step", "This is the sign, -1, 0 or 1; the step is 0 for negative x.")
def _(x):
    return np.sign(x)


@step.mistake("relu-not-step", "Positive x is kept as it is (that is ReLU); the step makes it 1.")
def _(x):
    return np.maximum(x, 0.0)


@step.mistake(
    "reversed", "This is 1 for negative x; the step is 1 for positive x, and 0 for negative x."
)
def _(x):
    return np.where(x < 0, 1.0, 0.0)


@step.mistake(
    "minus-one-for-the-rest",
    "Where x is not positive this is -1, as for a perceptron's labels; the step is 0 there.",
)
def _(x):
    return np.where(x > 0, 1.0, -1.0)


@step.mistake(
    "threshold-one-half", "The step is taken at x = 0.5, as for a probability; it belongs at 0."
)
def _(x):
    return np.where(x > 0.5, 1.0, 0.0)


@step.mistake(
    "sigmoid-not-step", "This is the sigmoid, which rises gradually; the step is either 0 or 1."
)
def _(x):
    return 1 / (1 + np.exp(-x))


XOR = load("xor")
#: Label a is where the two features are equal: there the score is positive.
SIGNS = tuple([1.0 if XOR.labels[label] == "a" else -1.0 for label in XOR.y])

xor_by_hand = Question(
    "xor_by_hand",
    returns=("W", "b", "w", "c"),
    checks=[
        Check(
            "separates",
            "positive on label a, negative on label b",
            "separates_xor",
            1.5,
            examples=Examples(pinned=((),)),
            needs={"points": XOR.f, "signs": SIGNS},
        ),
        Check("shape", "shapes", "shape", 0.5, calls_of=("separates",)),
    ],
)


@xor_by_hand.mistake(
    "labels-swapped",
    "Your weights separate the two labels, but the wrong way around: label a is where the two"
    " features are equal (the notes' table), the reverse of what most tutorials call xor.",
    shows_in="separates",
)
def _():
    W = np.array([[1.0, -1.0], [-1.0, 1.0]])
    return W, np.zeros((1, 2)), np.ones((2, 1)), np.array([[-0.5]])


@xor_by_hand.mistake(
    "zero-score",
    "The score of some points is exactly 0, neither positive nor negative; use c to move it.",
    shows_in="separates",
)
def _():
    W = np.array([[1.0, -1.0], [1.0, -1.0]])
    return W, np.array([[-1.0, 1.0]]), np.ones((2, 1)), np.zeros((1, 1))


@xor_by_hand.mistake(
    "step-fires-at-zero",
    "These weights separate the labels only with a step that is 1 at exactly 0; here step(0)"
    " is 0, so a hidden unit fires only where its input is greater than 0.",
    shows_in="separates",
)
def _():
    W = np.array([[1.0, -1.0], [1.0, -1.0]])
    return W, np.array([[-2.0, 0.0]]), np.ones((2, 1)), np.array([[-0.5]])


@xor_by_hand.mistake(
    "one-sign-everywhere",
    "All four points get a score of the same sign, so they get the same label.",
    shows_in="separates",
)
def _():
    W = np.array([[1.0, 1.0], [1.0, 1.0]])
    return W, np.array([[-5.0, -5.0]]), np.ones((2, 1)), np.array([[-0.5]])


@xor_by_hand.mistake(
    "linearly-separable-labels",
    "The scores separate one point from the other three, as OR, AND and their opposites do;"
    " xor has two points on each side, which takes both hidden units.",
    shows_in="separates",
)
def _():
    W = np.array([[1.0, 1.0], [1.0, 1.0]])
    return W, np.array([[-0.5, -0.5]]), -np.ones((2, 1)), np.array([[0.5]])
