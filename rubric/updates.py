"""The averaged gradients of a minibatch and the step against them (notes, section 1.3)."""

import numpy as np

from autograder.authoring import Gradient, Inputs, Question, real

__all__ = ["batch_gradients"]

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


batch_gradients = Question(
    "batch_gradients",
    points=7.5,
    inputs=BATCH,
    edges=[
        BATCH.fixing(t=1),
        BATCH.fixing(d=1, m=1),
        BATCH.fixing(v=1),
        # Larger than gradients are clipped at.
        BATCH.replacing(dk=real("t v", size=50), dz=real("t m", size=50)),
    ],
    returns=("dH", "db_H", "dU", "db_U"),
    proof=Gradient(of=_mean_loss, at=_parameters),
)


def _sums(f, h, dk, dz):
    return f.T @ dk, dk.sum(axis=0, keepdims=True), h.T @ dz, dz.sum(axis=0, keepdims=True)


def _average(f, h, dk, dz):
    return tuple([total / len(f) for total in _sums(f, h, dk, dz)])


batch_gradients.mistakes_by_divisor(
    _sums,
    # What dH, db_H, dU and db_U are divided by, where t is right.
    (
        "not-divided-by-t",
        "1 1 1 1",
        "All four are sums over the batch; you need the mean over its t items.",
    ),
    (
        "divided-by-t-twice",
        "t*t t*t t*t t*t",
        "All four are divided by t twice; what comes in is not averaged yet, so once is right.",
    ),
    (
        "biases-not-divided-by-t",
        "t 1 t 1",
        "The weights are averaged over the batch, the biases are only summed; they are means, too.",
    ),
    (
        "weights-not-divided-by-t",
        "1 t 1 t",
        "The biases are averaged over the batch, the weights are only summed; they are means, too.",
    ),
    (
        "dH-not-divided-by-t",
        "1 t t t",
        "dH is a sum over the batch; it is a mean over the t items, as the other three are.",
    ),
    (
        "db_H-not-divided-by-t",
        "t 1 t t",
        "db_H is a sum over the batch; it is a mean over the t items, as the other three are.",
    ),
    (
        "dU-not-divided-by-t",
        "t t 1 t",
        "dU is a sum over the batch; it is a mean over the t items, as the other three are.",
    ),
    (
        "db_U-not-divided-by-t",
        "t t t 1",
        "db_U is a sum over the batch; it is a mean over the t items, as the other three are.",
    ),
    (
        "hidden-layer-not-divided-by-t",
        "1 1 t t",
        "The output layer is averaged over the batch, the hidden layer (dH, db_H) is only summed;"
        " both take the mean.",
    ),
    (
        "output-layer-not-divided-by-t",
        "t t 1 1",
        "The hidden layer is averaged over the batch, the output layer (dU, db_U) is only summed;"
        " both take the mean.",
    ),
    (
        "weights-divided-by-t-twice",
        "t*t t t*t t",
        "The weights are divided by t twice; they are averages over t items, as the biases are.",
    ),
    (
        "biases-divided-by-t-twice",
        "t t*t t t*t",
        "The biases are divided by t twice; they are averages over t items, as the weights are.",
    ),
    (
        "sign",
        "-t -t -t -t",
        "The sign is wrong: these point down the loss; the gradient points up.",
    ),
    (
        "divided-by-d",
        "d d d d",
        "All four sums are divided by the number of features; the average runs over the t items.",
    ),
    (
        "divided-by-layer-width",
        "v v m m",
        "The sums are divided by the number of units, not by the t items; each unit has its own"
        " mean.",
    ),
)


@batch_gradients.mistake(
    "last-item-only",
    "Only the last item is left in the sums, each having replaced the one before; the mean runs"
    " over all t items.",
)
def _(f, h, dk, dz):
    return tuple([last / len(f) for last in _sums(f[-1:], h[-1:], dk[-1:], dz[-1:])])


@batch_gradients.mistake(
    "features-in-both-layers",
    "dU is made from the features f, which feed the hidden layer; what U is multiplied by is h.",
)
def _(f, h, dk, dz):
    dH, db_H, _, db_U = _average(f, h, dk, dz)
    return dH, db_H, f.T @ dz / len(f), db_U


@batch_gradients.mistake(
    "biases-not-summed-and-weights-not-divided-by-t",
    "Two things: the bias gradients still have one row for each item, and the weights' are sums"
    " over the batch; all four are means over the t items.",
)
def _(f, h, dk, dz):
    return f.T @ dk, dk.copy(), h.T @ dz, dz.copy()


@batch_gradients.mistake(
    "biases-flat",
    "The bias gradients have lost their leading 1, (v,) and (m,); a bias keeps it, (1, v), (1, m).",
)
def _(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk.sum(axis=0) / t, h.T @ dz / t, dz.sum(axis=0) / t


@batch_gradients.mistake(
    "biases-as-one-sum",
    "Each bias gradient is a single number, summed over items and units; each unit has its own.",
)
def _(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk.sum() / t, h.T @ dz / t, dz.sum() / t


@batch_gradients.mistake(
    "biases-not-summed",
    "The bias gradients still have one row for each item; they are averaged over the batch.",
)
def _(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk / t, h.T @ dz / t, dz / t


@batch_gradients.mistake(
    "bias-summed-over-units",
    "The bias gradients are summed along the units (axis 1), not over the batch; each unit has"
    " its own.",
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
    "bias-summed-over-units-and-not-divided-by-t",
    "Two things: the bias gradients are summed along the units (axis 1), not over the batch,"
    " and all four are sums; you need the mean over the t items.",
)
def _(f, h, dk, dz):
    return (
        f.T @ dk,
        dk.sum(axis=1, keepdims=True).T,
        h.T @ dz,
        dz.sum(axis=1, keepdims=True).T,
    )


@batch_gradients.mistake(
    "weights-transposed-and-not-divided-by-t",
    "Two things: dH and dU are transposed (each has the shape of its parameter), and all four"
    " are sums over the batch; you need the mean.",
)
def _(f, h, dk, dz):
    dH, db_H, dU, db_U = _sums(f, h, dk, dz)
    return dH.T, db_H, dU.T, db_U


@batch_gradients.mistake(
    "weights-transposed", "dH and dU are transposed: each has the shape of its parameter."
)
def _(f, h, dk, dz):
    dH, db_H, dU, db_U = _average(f, h, dk, dz)
    return dH.T, db_H, dU.T, db_U


@batch_gradients.mistake(
    "reshaped-not-transposed",
    "f and h are reshaped instead of transposed: the shapes are right, but the entries are in"
    " the wrong places.",
)
def _(f, h, dk, dz):
    t, (_, db_H, _, db_U) = len(f), _average(f, h, dk, dz)
    return f.reshape(f.shape[::-1]) @ dk / t, db_H, h.reshape(h.shape[::-1]) @ dz / t, db_U
