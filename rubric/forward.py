"""The forward pass: softmax and cross-entropy (notes, sections 1.1 and 1.3).

The network itself is in `forward_network`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

import forward as right
import softmax_ce
from autograder.authoring import (
    Check,
    Examples,
    Inputs,
    Question,
    far_apart_rows,
    labels,
    probabilities,
    real,
)

__all__ = [
    "IMPOSSIBLE",
    "O_AND_Y",
    "cross_entropy",
    "declare_wrong_arguments",
    "softmax",
]


Z = Inputs.of(z=real("t m"))

LARGE = Check(
    "large",
    "large logits",
    "values",
    1,
    examples=Examples(
        Inputs.of(z=far_apart_rows("t m")),
        4,
        edges=(
            Inputs.of(z=real("t m", size=1000)),
            Inputs.of(z=far_apart_rows("t m", shift=900000)),
        ),
    ),
)

softmax = Question(
    "softmax", points=4, inputs=Z, edges=[Z.fixing(t=1)], returns="o", checks=[LARGE]
)


@softmax.mistake(
    "no-maximum-subtracted",
    "exp of a large logit overflows, and inf / inf is nan. A row's softmax does not change"
    " when you subtract a constant from its logits, so subtract one that makes them small.",
    shows_in="large",
)
def _(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@softmax.mistake(
    "one-maximum-for-the-batch",
    "One maximum is subtracted from the whole batch: a row far below it becomes 0 / 0. Each row"
    " needs its own.",
    shows_in="large",
)
def _(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)


@softmax.mistake(
    "minimum-subtracted",
    "The row's minimum is subtracted: then the largest logit still overflows.",
    shows_in="large",
)
def _(z):
    e = np.exp(z - z.min(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@softmax.mistake("over-columns", "This adds up to 1 down each column; each item is a row.")
def _(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@softmax.mistake("over-the-batch", "All items together add up to 1; each row must do so by itself.")
def _(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@softmax.mistake(
    "maximum-of-each-column",
    "The maximum of each column is subtracted: the logits of one item are moved by different"
    " amounts. An item is a row.",
)
def _(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=1, keepdims=True)


@softmax.mistake(
    "sums-without-keepdims",
    "The row sums have lost their second axis: they divide the columns where t equals m, and"
    " raise an error where it does not.",
)
def _(z):
    e = np.exp(z - z.max())  # the same without any maximum, where nothing overflows
    return e / e.sum(axis=1)


@softmax.mistake(
    "sums-alone-without-keepdims",
    "The row sums have lost their second axis (the row maxima have not): they divide the"
    " columns where t equals m, and raise an error where it does not.",
)
def _(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1)


@softmax.mistake(
    "maxima-and-sums-without-keepdims",
    "The row maxima and row sums have lost their second axis: they act on the columns where t"
    " equals m, and raise an error where it does not.",
)
def _(z):
    e = np.exp(z - z.max(axis=1))
    return e / e.sum(axis=1)


@softmax.mistake(
    "exponential-forgotten",
    "The logits are divided by their sum without taking exp first, so some come out negative.",
)
def _(z):
    return z / z.sum(axis=1, keepdims=True)


@softmax.mistake(
    "not-normalised",
    "exp is taken, but the rows are not divided by their sums, so they do not add up to 1.",
)
def _(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


@softmax.mistake(
    "sigmoid-not-softmax",
    "This is the sigmoid of each logit by itself; softmax makes each row add up to 1.",
)
def _(z):
    return 1 / (1 + np.exp(-z))


O_AND_Y = Inputs.of(o=probabilities("t m"), y=labels("t", below="m"))


#: The smallest label probability that students are promised. An epsilon in the log shows there
#: from 2e-11 on; 1e-12 is tolerated.
LEAST = 1e-6


def with_impossible_classes(arguments: dict) -> dict:
    """Give each item one class of probability exactly 0, never the label's.

    Where a third class can take the rest, the first item's label becomes very unlikely.
    """
    o, y = arguments["o"].copy(), arguments["y"]
    t, m = o.shape
    o[np.arange(t), (y + 1) % m] = 0.0
    if m > 2:
        o[0, y[0]] = 0.0
        o[0, y[0]] = o[0].sum() * 1.001 * LEAST  # a little more, as rounding may take some
    return arguments | {"o": o / o.sum(axis=1, keepdims=True)}


IMPOSSIBLE = O_AND_Y.adjusted(with_impossible_classes)
UNLIKELY_LABEL = (np.array([[LEAST, 1 - LEAST], [0.5, 0.5]]), np.array([0, 1]))

cross_entropy = Question(
    "cross_entropy",
    points=2.5,
    inputs=O_AND_Y,
    edges=[O_AND_Y.fixing(t=1)],
    returns="loss",
    checks=[
        Check(
            "zeros",
            "a class with probability 0",
            "values",
            0.5,
            examples=Examples(IMPOSSIBLE, 3, pinned=(UNLIKELY_LABEL,)),
        )
    ],
)


#: What is passed on in place of o and y, to functions that are right otherwise.
WRONG_ARGUMENTS = {
    "softmax-applied-again": (
        lambda o, y: (right.softmax(o), y),
        "softmax is applied to o; the probabilities have been through it once already.",
    ),
    "labels-from-one": (
        lambda o, y: (o, y - 1),
        "The labels are treated as if they started at 1; here they start at 0.",
    ),
    "most-probable-for-gold": (
        lambda o, y: (o, o.argmax(axis=1)),
        "The most probable label is used in place of the gold one; y says which label is right.",
    ),
}


def declare_wrong_arguments(question: Question, function: Callable[..., Any]) -> None:
    """Declare the mistakes to call `function`, the right one, with another o or y."""
    for name, (change, sentence) in WRONG_ARGUMENTS.items():
        question.mistake(name, sentence)(lambda o, y, change=change: function(*change(o, y)))


declare_wrong_arguments(cross_entropy, lambda o, y: right.cross_entropy(o, y))


def _label_probabilities(o, y):
    return o[np.arange(len(y)), y]


def _hot(o, y):
    return np.eye(o.shape[1])[y]


@cross_entropy.mistake(
    "divided-by-t",
    "Each item's loss is divided by t, which is part of an average; here each item keeps its"
    " own loss.",
)
def _(o, y):
    return -np.log(_label_probabilities(o, y)) / len(y)


@cross_entropy.mistake("averaged", "This is the mean over the batch; return the loss of each item.")
def _(o, y):
    return np.mean(-np.log(_label_probabilities(o, y)))


@cross_entropy.mistake("summed", "This is the sum over the batch; return the loss of each item.")
def _(o, y):
    return np.sum(-np.log(_label_probabilities(o, y)))


@cross_entropy.mistake(
    "sign", "The minus sign is missing: the log of a probability is negative, a loss is not."
)
def _(o, y):
    return np.log(_label_probabilities(o, y))


@cross_entropy.mistake("log-base-2", "This is the base-2 logarithm; use the natural logarithm.")
def _(o, y):
    return -np.log2(_label_probabilities(o, y))


@cross_entropy.mistake(
    "log-base-2-and-averaged",
    "Two things: the logarithm is the base-2 one (use the natural logarithm), and this is the"
    " mean over the batch (return the loss of each item).",
)
def _(o, y):
    return np.mean(-np.log2(_label_probabilities(o, y)))


@cross_entropy.mistake(
    "kept-as-a-column",
    "The losses still have an axis for the labels, (t, 1); return one number for each item, (t,).",
)
def _(o, y):
    return -np.log(_label_probabilities(o, y))[:, np.newaxis]


@cross_entropy.mistake(
    "every-pair",
    "Each item is looked up with the labels of all t items; it has one label of its own.",
)
def _(o, y):
    return -np.log(o[:, y])


@cross_entropy.mistake(
    "labels-as-rows",
    "The labels pick rows of o, as if they were items; a label is a column.",
)
def _(o, y):
    return -np.log(o[y])


@cross_entropy.mistake(
    "labels-as-one-hot",
    "The label numbers themselves are multiplied in, as if y were one-hot already; a label's"
    " number is a position, not a weight.",
)
def _(o, y):
    return -(y * np.log(o)).sum(axis=1)


@cross_entropy.mistake(
    "all-classes", "The logs of all classes are added up; only the label's counts."
)
def _(o, y):
    return -np.log(o).sum(axis=1)


@cross_entropy.mistake(
    "log-forgotten",
    "This is minus the probability of the label; its log is missing, which makes an unlikely"
    " label costly.",
)
def _(o, y):
    return -_label_probabilities(o, y)


@cross_entropy.mistake(
    "zero-times-log-zero",
    "The one-hot zeros are multiplied by log 0: 0 times -inf is nan. Only the label's probability"
    " is needed.",
    shows_in="zeros",
)
def _(o, y):
    return -(_hot(o, y) * np.log(o)).sum(axis=1)


@cross_entropy.mistake(
    "not-summed-over-labels",
    "Each item still has one number for each label; its loss is a single number.",
)
def _(o, y):
    return -_hot(o, y) * np.log(o)


@cross_entropy.mistake(
    "averaged-over-labels",
    "The mean is taken over the labels, which divides by m; only the label's own log counts,"
    " undivided.",
)
def _(o, y):
    return -(_hot(o, y) * np.log(o)).mean(axis=1)


@cross_entropy.mistake(
    "averaged-over-items-and-labels",
    "This is one mean over all t * m numbers; return the loss of each item.",
)
def _(o, y):
    return -np.mean(_hot(o, y) * np.log(o))


def _with_epsilon(o, y, epsilon):
    return -np.log(_label_probabilities(o, y) + epsilon)


@cross_entropy.mistake(
    "epsilon-1e-5",
    "1e-5 is added inside the log, more than the probability of some labels here, which changes"
    " their loss; the label's probability is never 0.",
    shows_in="zeros",
)
def _(o, y):
    return _with_epsilon(o, y, 1e-5)


for epsilon in ("1e-7", "1e-8", "1e-10"):
    cross_entropy.mistake(
        f"epsilon-{epsilon}",
        f"{epsilon} is added inside the log, which changes the loss of an unlikely label; the"
        " label's probability is never 0.",
        shows_in="zeros",
    )(lambda o, y, epsilon=float(epsilon): _with_epsilon(o, y, epsilon))


@cross_entropy.mistake(
    "clip-1e-7",
    "The probabilities are clipped at 1e-7 and 1 - 1e-7: where the label's is 1, the loss is no"
    " longer 0.",
    shows_in="zeros",
)
def _(o, y):
    return -np.log(np.clip(_label_probabilities(o, y), 1e-7, 1 - 1e-7))


@cross_entropy.mistake(
    "binary",
    "This is the binary cross-entropy, which also counts 1 - o of the other classes.",
)
def _(o, y):
    T = _hot(o, y)
    return -(T * np.log(o) + (1 - T) * np.log(1 - o)).sum(axis=1)


@cross_entropy.way()
def _(o, y):
    return -np.log((o * softmax_ce.one_hot(y, o.shape[1])).sum(axis=1))
