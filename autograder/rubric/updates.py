"""The averaged gradients of a minibatch and the step against them (notes, section 1.3)."""

import numpy as np

from autograder.language.inputs import Inputs, one_of, real, record
from autograder.language.words import Gradient, Part

PART = Part("updates", "Batch-averaged updates", notes="1.3")

BATCH = Inputs.of(f=real("t d"), h=real("t v"), dk=real("t v"), dz=real("t m"))


def _mean_loss(f, h, dk, dz, point):
    k = f @ point["H"] + point["b_H"]
    z = h @ point["U"] + point["b_U"]
    return ((dk * k).sum() + (dz * z).sum()) / len(f)


def _parameters(f, h, dk, dz):
    d, v, m = f.shape[1], h.shape[1], dz.shape[1]
    return {
        "H": np.zeros((d, v)),
        "b_H": np.zeros((1, v)),
        "U": np.zeros((v, m)),
        "b_U": np.zeros((1, m)),
    }


batch_gradients = PART.question(
    "batch_gradients",
    points=10,
    inputs=BATCH,
    edges=[BATCH.fixing(t=1)],
    returns=("dH", "db_H", "dU", "db_U"),
    proof=Gradient(of=_mean_loss, at=_parameters),
)


def _sums(f, h, dk, dz):
    return f.T @ dk, dk.sum(axis=0, keepdims=True), h.T @ dz, dz.sum(axis=0, keepdims=True)


def _scaled(sums, dH, db_H, dU, db_U):
    return sums[0] / dH, sums[1] / db_H, sums[2] / dU, sums[3] / db_U


@batch_gradients.mistake(
    "not-divided-by-t", "All four are sums over the batch; the mean over its t items is asked for."
)
def _(f, h, dk, dz):
    return _sums(f, h, dk, dz)


@batch_gradients.mistake("divided-by-t-twice", "All four are divided by t twice.")
def _(f, h, dk, dz):
    t = len(f)
    return _scaled(_sums(f, h, dk, dz), t * t, t * t, t * t, t * t)


@batch_gradients.mistake(
    "biases-not-divided-by-t",
    "The weights are averaged over the batch, the biases are only summed.",
)
def _(f, h, dk, dz):
    t = len(f)
    return _scaled(_sums(f, h, dk, dz), t, 1, t, 1)


@batch_gradients.mistake(
    "weights-not-divided-by-t",
    "The biases are averaged over the batch, the weights are only summed.",
)
def _(f, h, dk, dz):
    t = len(f)
    return _scaled(_sums(f, h, dk, dz), 1, t, 1, t)


@batch_gradients.mistake(
    "weights-divided-by-t-twice",
    "The weights are divided by t twice, the biases once: all four once.",
)
def _(f, h, dk, dz):
    t = len(f)
    return _scaled(_sums(f, h, dk, dz), t * t, t, t * t, t)


@batch_gradients.mistake(
    "biases-divided-by-t-twice",
    "The biases are divided by t twice, the weights once: all four once.",
)
def _(f, h, dk, dz):
    t = len(f)
    return _scaled(_sums(f, h, dk, dz), t, t * t, t, t * t)


@batch_gradients.mistake(
    "sign", "The sign is wrong: these point down the loss; the gradient points up."
)
def _(f, h, dk, dz):
    t = len(f)
    return _scaled(_sums(f, h, dk, dz), -t, -t, -t, -t)


@batch_gradients.mistake(
    "divided-by-layer-width", "The sums are divided by the number of units, not by the t items."
)
def _(f, h, dk, dz):
    v, m = h.shape[1], dz.shape[1]
    return _scaled(_sums(f, h, dk, dz), v, v, m, m)


@batch_gradients.mistake(
    "biases-not-summed",
    "The bias gradients still have one row for each item; they are averaged over the batch.",
)
def _(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk / t, h.T @ dz / t, dz / t


@batch_gradients.mistake(
    "bias-summed-over-units",
    "The bias gradients are summed along the units (axis 1), not over the batch.",
)
def _(f, h, dk, dz):
    t = len(f)
    return (
        f.T @ dk / t,
        dk.sum(axis=1, keepdims=True).T / t,
        h.T @ dz / t,
        dz.sum(axis=1, keepdims=True).T / t,
    )


@batch_gradients.mistake(
    "weights-transposed", "dH and dU are transposed: each has the shape of its parameter."
)
def _(f, h, dk, dz):
    t = len(f)
    dH, db_H, dU, db_U = _scaled(_sums(f, h, dk, dz), t, t, t, t)
    return dH.T, db_H, dU.T, db_U


LAYER = record(U=real("v m"), b_U=real("1 m"))
NETWORK = record(H=real("2 3"), b_H=real("1 3"), U=real("3 2"), b_U=real("1 2"))

STEP = Inputs.of(params=LAYER, grads=LAYER, lr=one_of(0.5, 0.1, 0.25))

sgd_update = PART.question(
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
    "learning-rate-forgotten", "The gradient is subtracted whole: the learning rate is missing."
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
    "biases-forgotten", "Only the weights move; every parameter does, the biases too."
)
def _(params, grads, lr):
    moved = {name: lr if len(params[name]) > 1 else 0.0 for name in params}
    return {name: params[name] - moved[name] * grads[name] for name in params}


@sgd_update.mistake("not-moved", "The parameters come back as they were.")
def _(params, grads, lr):
    return {name: params[name].copy() for name in params}
