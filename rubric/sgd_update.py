"""One step of gradient descent (notes, section 1.3)."""

import numpy as np

from autograder.authoring import Inputs, Question, one_of, real, record

__all__ = ["sgd_update"]

LAYER = record(U=real("v m"), b_U=real("1 m"))
NETWORK = record(H=real("2 3"), b_H=real("1 3"), U=real("3 2"), b_U=real("1 2"))

#: Larger than gradients are clipped at.
STEEP = record(U=real("v m", size=50), b_U=real("1 m", size=50))

STEP = Inputs.of(params=LAYER, grads=LAYER, lr=one_of(0.5, 0.1, 0.25))

sgd_update = Question(
    "sgd_update",
    points=4,
    inputs=STEP,
    edges=[
        STEP.replacing(params=NETWORK, grads=NETWORK),
        STEP.replacing(grads=STEEP),
        # Any keys, in any order.
        STEP.replacing(
            params=record(E=real("4 2"), W=real("2 3")), grads=record(W=real("2 3"), E=real("4 2"))
        ),
    ],
    returns={},
)


def _move_each(rule):
    """Return a step that moves each parameter p by a rule of its gradient g and the rate lr."""
    return lambda params, grads, lr: {n: rule(params[n], grads[n], lr) for n in params}


for name, rule, sentence in [
    (
        "gradient-ascent",
        lambda p, g, lr: p + lr * g,
        "The gradient is added; the step goes against it.",
    ),
    (
        "learning-rate-forgotten",
        lambda p, g, lr: p - g,
        "The whole gradient is subtracted: the learning rate, which says how far to step, is"
        " missing.",
    ),
    (
        "step-alone",
        lambda p, g, lr: lr * g,
        "This is the step alone, lr times the gradient; subtract it from the parameter.",
    ),
    (
        "biases-forgotten",
        lambda p, g, lr: p - lr * g if len(p) > 1 else p.copy(),
        "Only the weights are updated; the biases are parameters, too, and take the same step.",
    ),
    (
        "divided-by-the-learning-rate",
        lambda p, g, lr: p - g / lr,
        "The gradient is divided by the learning rate; a small rate means a small step.",
    ),
    (
        "learning-rate-on-both",
        lambda p, g, lr: lr * (p - g),
        "The learning rate multiplies the parameter as well as its gradient; only the step is"
        " scaled.",
    ),
    (
        "biases-without-learning-rate",
        lambda p, g, lr: p - (lr if len(p) > 1 else 1.0) * g,
        "The biases move by their whole gradient; the learning rate scales every step, theirs too.",
    ),
    (
        "averaged-again",
        lambda p, g, lr: p - lr * g / len(g),
        "The gradient is divided by its number of rows; the gradients are averages already.",
    ),
    (
        "momentum",
        lambda p, g, lr: p - lr * (1 - 0.9) * g,
        "Only a tenth of the step is taken, as with momentum at the start; plain gradient"
        " descent takes all of it.",
    ),
    (
        "gradient-clipped",
        lambda p, g, lr: p - lr * np.clip(g, -1, 1),
        "Gradients are clipped at -1 and 1; plain gradient descent does not clip them.",
    ),
]:
    sgd_update.mistake(name, sentence)(_move_each(rule))


@sgd_update.mistake(
    "not-moved",
    "The parameters come back unchanged; each takes a step against its gradient.",
)
def _(params, grads, lr):
    return {name: params[name].copy() for name in params}


@sgd_update.mistake(
    "paired-by-order",
    "Parameters and gradients are paired by their order; pair them by name.",
)
def _(params, grads, lr):
    pairs = zip(params.items(), grads.values(), strict=True)
    return {name: parameter - lr * gradient for (name, parameter), gradient in pairs}


@sgd_update.mistake(
    "first-parameter-only",
    "Only the first parameter comes back: the function returns before it gets to the others.",
)
def _(params, grads, lr):
    first = next(iter(params))
    return {first: params[first] - lr * grads[first]}
