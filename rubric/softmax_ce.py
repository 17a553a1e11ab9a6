"""The gradient of cross-entropy at the probabilities, item by item (notes, section 1.3).

The gradients at the logits are in `softmax_ce_logits`.
"""

import numpy as np

import softmax_ce as right
from autograder.authoring import Check, Examples, Gradient, Inputs, Question, labels, length
from forward import cross_entropy
from rubric.forward import IMPOSSIBLE, O_AND_Y, declare_wrong_arguments

__all__ = ["loss_grad", "one_hot"]


LABELS = Inputs.of(y=labels("t", below="m"), m=length("m"))

one_hot = Question(
    "one_hot",
    points=2,
    inputs=LABELS,
    edges=[LABELS.fixing(t=1), LABELS.fixing(t=2, m=4), LABELS.fixing(m=1)],
    returns="T",
)


@one_hot.mistake(
    "classes-counted-in-the-batch",
    "There are only as many columns as the largest label in this batch needs; there should be"
    " m columns.",
)
def _(y, m):
    return np.eye(y.max() + 1)[y]


@one_hot.mistake(
    "labels-from-one", "The labels are treated as if they started at 1; here they start at 0."
)
def _(y, m):
    return np.eye(m)[y - 1]


@one_hot.mistake("transposed", "This is the transpose: each item is a row, each label a column.")
def _(y, m):
    return np.eye(m)[y].T


@one_hot.mistake(
    "labels-of-the-batch-only",
    "There is one column for each label that occurs in this batch; there should be m columns.",
)
def _(y, m):
    return (y[:, np.newaxis] == np.unique(y)).astype(float)


@one_hot.mistake(
    "whole-columns",
    "Whole columns are set to 1, for every item; each item has a single 1, in its own row.",
)
def _(y, m):
    T = np.zeros((len(y), m))
    T[:, y] = 1.0
    return T


@one_hot.mistake(
    "label-number-as-entry",
    "The entry at the label is the label's number; it is 1, whichever label it is.",
)
def _(y, m):
    T = np.zeros((len(y), m))
    T[np.arange(len(y)), y] = y
    return T


loss_grad = Question(
    "loss_grad",
    points=3,
    inputs=O_AND_Y,
    edges=[O_AND_Y.fixing(t=1)],
    returns="dl/do",
    checks=[
        Check(
            "zeros",
            "a class with probability 0",
            "values",
            0.5,
            examples=Examples(IMPOSSIBLE, 3),
        )
    ],
    proof=Gradient(
        of=lambda o, y, point: cross_entropy(point, y).sum(),
        at=lambda o, y: o,
        # Nearer to 0 the log is too steep for finite differences.
        where=lambda o, y: (o[np.arange(len(y)), y] > 0.05).all(),
    ),
)


def _hot(o, y):
    return np.eye(o.shape[1])[y]


declare_wrong_arguments(loss_grad, lambda o, y: right.loss_grad(o, y))


@loss_grad.mistake(
    "averaged-into-one-row",
    "The gradients of the items are averaged into a single row; each item keeps its own.",
)
def _(o, y):
    return (-_hot(o, y) / o).mean(axis=0, keepdims=True)


@loss_grad.mistake("sign", "The sign is wrong: the loss falls when the label's probability rises.")
def _(o, y):
    return _hot(o, y) / o


@loss_grad.mistake(
    "every-class",
    "Every class has a gradient here; the loss depends on the label's probability alone.",
)
def _(o, y):
    return -1 / o


@loss_grad.mistake(
    "every-class-and-sign",
    "Two things: every class has a gradient here (the loss depends on the label's probability"
    " alone), and the sign is wrong.",
)
def _(o, y):
    return 1 / o


@loss_grad.mistake(
    "label-entry-alone",
    "Only the label's entry of each item comes back; the others belong in the row, too, as 0.",
)
def _(o, y):
    return -1 / o[np.arange(len(y)), y]


@loss_grad.mistake(
    "whole-columns",
    "Whole columns are filled, for every item; each item has one entry, in its own row.",
)
def _(o, y):
    do = np.zeros_like(o)
    do[:, y] = -1 / o[:, y]
    return do


@loss_grad.mistake(
    "reciprocal-forgotten",
    "The label's entry is -1 whatever o is; the log's slope is steep where o is small.",
)
def _(o, y):
    return -_hot(o, y)


@loss_grad.mistake(
    "loss-itself", "This is the loss, entry by entry, not its derivative: the log is still there."
)
def _(o, y):
    return -_hot(o, y) * np.log(o)


@loss_grad.mistake(
    "binary",
    "This is the gradient of the binary cross-entropy, which also counts 1 - o of the other"
    " classes.",
)
def _(o, y):
    T = _hot(o, y)
    return -T / o + (1 - T) / (1 - o)


@loss_grad.mistake(
    "sign-and-averaged",
    "Two things: the sign is wrong (the loss falls when the label's probability rises), and"
    " this is already divided by t.",
)
def _(o, y):
    return _hot(o, y) / o / len(y)


@loss_grad.mistake("averaged", "This is already divided by t; return the gradient of each item.")
def _(o, y):
    return -_hot(o, y) / o / len(y)


@loss_grad.mistake(
    "gradient-at-the-logits",
    "This is the gradient with respect to the logits z, o - T; you need dl/do.",
)
def _(o, y):
    return o - _hot(o, y)


@loss_grad.mistake(
    "zero-over-zero",
    "Where a class has probability 0, this divides 0 by 0, which is nan; the gradient there is 0.",
    shows_in="zeros",
)
def _(o, y):
    return -_hot(o, y) / o


@loss_grad.mistake(
    "epsilon-1e-8",
    "1e-8 is added to the denominator, which changes the gradient of an unlikely label; the"
    " label's probability is never 0.",
    shows_in="zeros",
)
def _(o, y):
    return -_hot(o, y) / (o + 1e-8)


@loss_grad.way()
def _(o, y):
    T = right.one_hot(y, o.shape[1])
    return -T / np.where(T > 0, o, 1.0)
