"""One step of gradient descent (notes, section 1.3)."""

import numpy as np

from autograder.authoring import ChargedAlong, Inputs, Question, one_of, real, record

__all__ = ["sgd_update"]

LAYER = record(U=real("v m"), b_U=real("1 m"))
NETWORK = record(H=real("2 3"), b_H=real("1 3"), U=real("3 2"), b_U=real("1 2"))

STEP = Inputs.of(params=LAYER, grads=LAYER, lr=one_of(0.5, 0.1, 0.25))

sgd_update = Question(
    "sgd_update",
    points=5,
    inputs=STEP,
    edges=[
        STEP.replacing(params=NETWORK, grads=NETWORK),
        # Any keys, in any order.
        STEP.replacing(
            params=record(E=real("4 2"), W=real("2 3")), grads=record(W=real("2 3"), E=real("4 2"))
        ),
    ],
    returns={},
)


@sgd_update.mistake("gradient-ascent", "The gradient is added; the step goes against it.")
def _(params, grads, lr):
    return {name: params[name] + lr * grads[name] for name in params}


@sgd_update.mistake(
    "learning-rate-forgotten",
    "The gradient is subtracted whole: the learning rate, which says how far to step, is missing.",
)
def _(params, grads, lr):
    return {name: params[name] - grads[name] for name in params}


@sgd_update.mistake(
    "step-alone",
    "This is the step alone, lr times the gradient; it has to be taken from the parameter.",
)
def _(params, grads, lr):
    return {name: lr * grads[name] for name in params}


@sgd_update.mistake(
    "biases-forgotten",
    "Only the weights move; the biases are parameters, too, and take the same step.",
)
def _(params, grads, lr):
    moved = {name: lr if len(params[name]) > 1 else 0.0 for name in params}
    return {name: params[name] - moved[name] * grads[name] for name in params}


@sgd_update.mistake(
    "not-moved",
    "The parameters come back as they were; each takes a step against its gradient.",
    charged_along=ChargedAlong.CALLER_DOES_NOTHING,
)
def _(params, grads, lr):
    return {name: params[name].copy() for name in params}


@sgd_update.mistake(
    "divided-by-the-learning-rate",
    "The gradient is divided by the learning rate; a small rate stands for a small step.",
)
def _(params, grads, lr):
    return {name: params[name] - grads[name] / lr for name in params}


@sgd_update.mistake(
    "learning-rate-on-both",
    "The learning rate multiplies the parameter as well as its gradient; only the step is scaled.",
)
def _(params, grads, lr):
    return {name: lr * (params[name] - grads[name]) for name in params}


@sgd_update.mistake(
    "biases-without-learning-rate",
    "The biases move by their whole gradient; the learning rate scales every step, theirs too.",
)
def _(params, grads, lr):
    rates = {name: lr if len(params[name]) > 1 else 1.0 for name in params}
    return {name: params[name] - rates[name] * grads[name] for name in params}


@sgd_update.mistake(
    "averaged-again",
    "The gradient is divided by its number of rows; the gradients are averages already.",
)
def _(params, grads, lr):
    return {name: params[name] - lr * grads[name] / len(grads[name]) for name in params}


@sgd_update.mistake(
    "momentum",
    "Only a tenth of the step is taken, as by momentum at its start; plain descent takes it whole.",
)
def _(params, grads, lr):
    return {name: params[name] - lr * (1 - 0.9) * grads[name] for name in params}


@sgd_update.mistake(
    "gradient-clipped",
    "Gradients are cut off at -1 and 1; plain descent takes them as large as they are.",
)
def _(params, grads, lr):
    return {name: params[name] - lr * np.clip(grads[name], -1, 1) for name in params}


@sgd_update.mistake(
    "paired-by-order",
    "Parameters and gradients are paired by their order; they belong together by their names.",
)
def _(params, grads, lr):
    pairs = zip(params.items(), grads.values(), strict=True)
    return {name: parameter - lr * gradient for (name, parameter), gradient in pairs}


@sgd_update.mistake(
    "first-parameter-only",
    "Only the first parameter comes back: the return comes before the others had their turn.",
    charged_along=ChargedAlong.CALLER_RAISES,
)
def _(params, grads, lr):
    first = next(iter(params))
    return {first: params[first] - lr * grads[first]}
