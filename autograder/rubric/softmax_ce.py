"""The gradient of softmax and cross-entropy, item by item (notes, section 1.3)."""

import numpy as np

from autograder.language.inputs import Inputs, labels, length, probabilities
from autograder.language.words import Check, Examples, Gradient, Part, hundredths
from autograder.rubric.forward import IMPOSSIBLE, O_AND_Y
from forward import cross_entropy, softmax

PART = Part("softmax_ce", "Gradient of softmax, cross-entropy", notes="1.3")

LABELS = Inputs.of(y=labels("t", below="m"), m=length("m"))

one_hot = PART.question(
    "one_hot",
    points=2.5,
    inputs=LABELS,
    edges=[LABELS.fixing(t=1), LABELS.fixing(t=2, m=4)],
    returns="T",
)


@one_hot.mistake(
    "classes-counted-in-the-batch",
    "There are only as many columns as the largest label in this batch asks for; m says how many"
    " there are.",
)
def _(y, m):
    return np.eye(y.max() + 1)[y]


@one_hot.mistake("labels-from-one", "The labels are taken to start at 1; here they start at 0.")
def _(y, m):
    return np.eye(m)[y - 1]


@one_hot.mistake("transposed", "This is the transpose: each item is a row, each label a column.")
def _(y, m):
    return np.eye(m)[y].T


loss_grad = PART.question(
    "loss_grad",
    points=3.5,
    inputs=O_AND_Y,
    edges=[O_AND_Y.fixing(t=1)],
    returns="dl/do",
    proof=Gradient(of=lambda o, y, point: cross_entropy(point, y).sum(), at=lambda o, y: o),
)
loss_grad.also(
    Check(
        "zeros",
        "right where a class has probability 0",
        "values",
        hundredths(0.5),
        examples=Examples(IMPOSSIBLE, 3),
    )
)


def _hot(o, y):
    return np.eye(o.shape[1])[y]


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
    "averaged", "This is divided by t already; the gradient of each item is asked for."
)
def _(o, y):
    return -_hot(o, y) / o / len(y)


@loss_grad.mistake(
    "gradient-at-the-logits",
    "This is the gradient with respect to the logits z, o - T; dl/do is asked for.",
)
def _(o, y):
    return o - _hot(o, y)


@loss_grad.mistake(
    "zero-over-zero",
    "Where a class has probability 0, this divides 0 by 0, which is nan; the gradient there is 0.",
    on="zeros",
)
def _(o, y):
    return -_hot(o, y) / o


PROBABILITIES = Inputs.of(o=probabilities("t m"))

jacobian = PART.question(
    "softmax_jacobian",
    points=5.5,
    inputs=PROBABILITIES,
    edges=[PROBABILITIES.fixing(t=1)],
    returns="do/dz",
    proof=Gradient(
        of=lambda o, point: softmax(point),
        at=lambda o: np.log(o),
        take=lambda numeric: np.einsum("sisj->sij", numeric),
    ),
)


@jacobian.mistake(
    "diagonal-only", "Only the diagonal is filled: each probability depends on every logit."
)
def _(o):
    return np.stack([np.diag(row * (1 - row)) for row in o])


@jacobian.mistake("sign", "The sign is wrong: a probability rises with its own logit.")
def _(o):
    return np.stack([np.outer(row, row) - np.diag(row) for row in o])


@jacobian.mistake("off-diagonal-sign", "Off the diagonal the sign is wrong: there it is negative.")
def _(o):
    return np.stack([np.outer(row, row) + np.diag(row - 2 * row**2) for row in o])


@jacobian.mistake(
    "diagonal-term-forgotten",
    "This is minus o_i o_j everywhere; on the diagonal o_i has to be added.",
)
def _(o):
    return np.stack([-np.outer(row, row) for row in o])


@jacobian.mistake(
    "identity-for-diagonal",
    "The diagonal has 1 - o_i squared: the identity stands where diag(o) belongs.",
)
def _(o):
    return np.stack([np.eye(len(row)) - np.outer(row, row) for row in o])


logits_grad = PART.question(
    "logits_grad",
    points=7,
    inputs=O_AND_Y,
    edges=[O_AND_Y.fixing(t=1), IMPOSSIBLE],
    returns="dl/dz",
    proof=Gradient(
        of=lambda o, y, point: cross_entropy(softmax(point), y).sum(),
        at=lambda o, y: np.log(np.maximum(o, 1e-300)),
    ),
)


@logits_grad.mistake("sign", "This is T - o: the sign is wrong.")
def _(o, y):
    return _hot(o, y) - o


@logits_grad.mistake(
    "divided-by-t",
    "This is divided by t already. The average over the batch is taken once, in the update.",
)
def _(o, y):
    return (o - _hot(o, y)) / len(y)


@logits_grad.mistake(
    "precedence",
    "Only T is divided by t here: o - T / t is not (o - T) / t, and neither is asked for.",
)
def _(o, y):
    return o - _hot(o, y) / len(y)


@logits_grad.mistake(
    "label-not-subtracted", "This is o itself: 1 has to be taken from the label's entry."
)
def _(o, y):
    return o.copy()


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
    "Two things: the sign is wrong (T - o), and it is divided by t already.",
)
def _(o, y):
    return (_hot(o, y) - o) / len(y)
