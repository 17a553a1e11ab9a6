"""The gradients of softmax and cross-entropy at the logits, item by item (notes, section 1.3)."""

import numpy as np

import softmax_ce as right
from autograder.authoring import Gradient, Inputs, Question, probabilities
from forward import cross_entropy, softmax
from rubric.forward import IMPOSSIBLE, O_AND_Y, declare_wrong_arguments

__all__ = ["logits_grad", "softmax_jacobian"]


PROBABILITIES = Inputs.of(o=probabilities("t m"))

softmax_jacobian = Question(
    "softmax_jacobian",
    points=4,
    inputs=PROBABILITIES,
    edges=[PROBABILITIES.fixing(t=1)],
    returns="do/dz",
    proof=Gradient(
        of=lambda o, point: softmax(point),
        at=lambda o: np.log(o),
        take=lambda numeric: np.einsum("sisj->sij", numeric),
    ),
)


@softmax_jacobian.mistake(
    "diagonal-only", "Only the diagonal is filled: each probability depends on every logit."
)
def _(o):
    return np.stack([np.diag(row * (1 - row)) for row in o])


@softmax_jacobian.mistake("sign", "The sign is wrong: a probability rises with its own logit.")
def _(o):
    return np.stack([np.outer(row, row) - np.diag(row) for row in o])


@softmax_jacobian.mistake(
    "off-diagonal-sign",
    "Off the diagonal the sign is wrong: a probability falls when another logit rises.",
)
def _(o):
    return np.stack([np.outer(row, row) + np.diag(row - 2 * row**2) for row in o])


@softmax_jacobian.mistake(
    "diagonal-term-forgotten",
    "This is minus o_i o_j everywhere; on the diagonal o_i has to be added.",
)
def _(o):
    return np.stack([-np.outer(row, row) for row in o])


@softmax_jacobian.mistake(
    "identity-for-diagonal",
    "The diagonal has 1 - o_i squared: the identity is used where diag(o) belongs.",
)
def _(o):
    return np.stack([np.eye(len(row)) - np.outer(row, row) for row in o])


@softmax_jacobian.mistake(
    "diagonal-as-a-row",
    "Each item has one row, o (1 - o), as for the sigmoid; with softmax each probability depends"
    " on every logit.",
)
def _(o):
    return o * (1 - o)


@softmax_jacobian.mistake(
    "cases-swapped",
    "The two cases are swapped: what belongs on the diagonal is off the diagonal.",
)
def _(o):
    return np.stack(
        [np.where(np.eye(len(row)) == 1, -(row**2), np.outer(row, 1 - row)) for row in o]
    )


@softmax_jacobian.mistake(
    "factor-forgotten",
    "Each row lacks its factor, the probability o_i itself: this is the identity minus o_j.",
)
def _(o):
    return np.stack([np.eye(len(row)) - row for row in o])


@softmax_jacobian.mistake(
    "items-mixed",
    "The products of all items are added up (o transposed times o); each item has its own o_i o_j.",
)
def _(o):
    return np.stack([np.diag(row) - o.T @ o for row in o])


@softmax_jacobian.way()
def _(o):
    t, m = o.shape
    jacobian = np.zeros((t, m, m))
    for s in range(t):
        for i in range(m):
            for j in range(m):
                if i == j:
                    jacobian[s, i, j] = o[s, i] * (1 - o[s, i])
                else:
                    jacobian[s, i, j] = -o[s, i] * o[s, j]
    return jacobian


@softmax_jacobian.mistake(
    "batch-as-one-item",
    "The whole batch is flattened into one long row, so that items depend on each other; each item"
    " has a matrix of its own.",
)
def _(o):
    return np.diagflat(o) - np.outer(o, o)


@softmax_jacobian.mistake(
    "softmax-applied-again",
    "softmax is applied to o; the probabilities have been through it once already.",
)
def _(o):
    return _jacobians(softmax(o))


def _jacobians(o):
    return np.stack([np.diag(row) - np.outer(row, row) for row in o])


@softmax_jacobian.mistake(
    "summed-over-the-batch",
    "The items' matrices are added up into one; each item keeps its own.",
)
def _(o):
    return _jacobians(o).sum(axis=0)


@softmax_jacobian.mistake(
    "averaged-over-the-batch",
    "The items' matrices are averaged into one; each item keeps its own, and nothing is averaged"
    " yet.",
)
def _(o):
    return _jacobians(o).mean(axis=0)


@softmax_jacobian.mistake(
    "divided-by-t",
    "This is already divided by t; each item keeps its own matrix, and nothing is averaged yet.",
)
def _(o):
    return _jacobians(o) / len(o)


@softmax_jacobian.mistake(
    "items-last", "The items are on the last axis; they come first, then i, then j."
)
def _(o):
    return np.moveaxis(_jacobians(o), 0, -1)


def _hot(o, y):
    return np.eye(o.shape[1])[y]


logits_grad = Question(
    "logits_grad",
    points=5,
    inputs=O_AND_Y,
    edges=[O_AND_Y.fixing(t=1), IMPOSSIBLE],
    returns="dl/dz",
    proof=Gradient(
        of=lambda o, y, point: cross_entropy(softmax(point), y).sum(),
        at=lambda o, y: np.log(o),
        where=lambda o, y: (o > 0).all(),  # else there are no logits
    ),
)


@logits_grad.mistake(
    "sign", "This is T - o: the sign is wrong. It points down the loss; the gradient points up."
)
def _(o, y):
    return _hot(o, y) - o


@logits_grad.mistake(
    "divided-by-t",
    "This is already divided by t. The average over the batch is taken only once, in the update.",
)
def _(o, y):
    return (o - _hot(o, y)) / len(y)


@logits_grad.mistake(
    "precedence",
    "Only T is divided by t here: o - T / t is not (o - T) / t, and nothing has to be divided"
    " by t here.",
)
def _(o, y):
    return o - _hot(o, y) / len(y)


@logits_grad.mistake(
    "label-not-subtracted",
    "This is o itself: the label's entry is treated like the others, so nothing pulls its logit"
    " up.",
)
def _(o, y):
    return o.copy()


@logits_grad.mistake(
    "label-number-subtracted",
    "The label's number is subtracted from every entry of the row; a label is a position, not"
    " an amount.",
)
def _(o, y):
    return o - y[:, np.newaxis]


@logits_grad.mistake(
    "whole-columns",
    "1 is subtracted from whole columns, for every item; each item has one label, in its own row.",
)
def _(o, y):
    dz = o.copy()
    dz[:, y] -= 1
    return dz


declare_wrong_arguments(logits_grad, lambda o, y: right.logits_grad(o, y))


@logits_grad.mistake(
    "averaged-into-one-row",
    "The gradients of the items are averaged into a single row; each item keeps its own.",
)
def _(o, y):
    return (o - _hot(o, y)).mean(axis=0, keepdims=True)


@logits_grad.mistake(
    "gradient-at-the-probabilities",
    "This is the gradient at the probabilities o, -1 / o at the label; you need the logits'.",
)
def _(o, y):
    return right.loss_grad(o, y)


@logits_grad.mistake(
    "times-o-and-one-minus-o",
    "A factor o (1 - o) is multiplied in, as for the sigmoid with a squared error; softmax's"
    " derivative is already in o - T.",
)
def _(o, y):
    return (o - _hot(o, y)) * o * (1 - o)


@logits_grad.mistake(
    "label-entry-only",
    "Only the label's entry has a gradient here; the other logits change the loss, too.",
)
def _(o, y):
    return _hot(o, y) * (o - 1)


@logits_grad.mistake(
    "divided-by-m", "This is divided by the number of labels; nothing is averaged over the labels."
)
def _(o, y):
    return (o - _hot(o, y)) / o.shape[1]


@logits_grad.mistake(
    "sign-and-divided-by-t",
    "Two things: the sign is wrong (T - o), and it is already divided by t.",
)
def _(o, y):
    return (_hot(o, y) - o) / len(y)


@logits_grad.way()
def _(o, y):
    return np.einsum("si,sij->sj", right.loss_grad(o, y), right.softmax_jacobian(o))
