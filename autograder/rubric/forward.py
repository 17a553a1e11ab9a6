"""The forward pass: softmax, cross-entropy and the network (notes, sections 1.1 and 1.3)."""

import numpy as np

from autograder.language.inputs import Inputs, far_apart_rows, labels, probabilities, real
from autograder.language.words import Check, Examples, Part, hundredths
from forward import softmax as right_softmax

__all__ = ["IMPOSSIBLE", "O_AND_Y", "PART", "UNLIKELY_LABEL"]

PART = Part("forward", "The forward pass", notes="1.1, 1.3")

Z = Inputs.of(z=real("t m"))

softmax = PART.question("softmax", points=4, inputs=Z, edges=[Z.fixing(t=1)], returns="o")
softmax.also(
    Check(
        "large",
        "finite and right for large logits",
        "values",
        hundredths(1),
        examples=Examples(
            Inputs.of(z=far_apart_rows("t m")), 4, edges=(Inputs.of(z=real("t m", size=1000)),)
        ),
    )
)


@softmax.mistake(
    "no-maximum-subtracted",
    "exp of a large logit overflows, and inf / inf is nan: a row's softmax does not change when a"
    " constant"
    " is taken from its logits, so take one that makes them small.",
    on="large",
)
def _(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@softmax.mistake(
    "one-maximum-for-the-batch",
    "One maximum is subtracted from the whole batch: a row far below it becomes 0 / 0. Each row"
    " needs its own.",
    on="large",
)
def _(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)


@softmax.mistake(
    "minimum-subtracted",
    "The row's minimum is subtracted: then the largest logit still overflows.",
    on="large",
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
    "exponential-forgotten", "The logits are divided by their sum without taking exp first."
)
def _(z):
    return z / z.sum(axis=1, keepdims=True)


@softmax.mistake("not-normalised", "exp is taken, but the rows are not divided by their sums.")
def _(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


O_AND_Y = Inputs.of(o=probabilities("t m"), y=labels("t", below="m"))


def with_impossible_classes(arguments: dict) -> dict:
    """Give each item one class of probability exactly 0, never the label's."""
    o, y = arguments["o"].copy(), arguments["y"]
    t, m = o.shape
    o[np.arange(t), (y + 1) % m] = 0.0
    return arguments | {"o": o / o.sum(axis=1, keepdims=True)}


IMPOSSIBLE = O_AND_Y.adjusted(with_impossible_classes)
UNLIKELY_LABEL = (np.array([[1e-6, 1 - 1e-6], [0.5, 0.5]]), np.array([0, 1]))

cross_entropy = PART.question(
    "cross_entropy", points=2.5, inputs=O_AND_Y, edges=[O_AND_Y.fixing(t=1)], returns="loss"
)
cross_entropy.also(
    Check(
        "zeros",
        "right where a class has probability 0",
        "values",
        hundredths(0.5),
        examples=Examples(IMPOSSIBLE, 3, pinned=(UNLIKELY_LABEL,)),
    )
)


def _label_probabilities(o, y):
    return o[np.arange(len(y)), y]


@cross_entropy.mistake(
    "averaged", "This is the mean over the batch; the loss of each item is asked for."
)
def _(o, y):
    return np.mean(-np.log(_label_probabilities(o, y)))


@cross_entropy.mistake(
    "summed", "This is the sum over the batch; the loss of each item is asked for."
)
def _(o, y):
    return np.sum(-np.log(_label_probabilities(o, y)))


@cross_entropy.mistake(
    "sign", "The minus sign is missing: the log of a probability is negative, a loss is not."
)
def _(o, y):
    return np.log(_label_probabilities(o, y))


@cross_entropy.mistake("log-base-2", "This is the logarithm to base 2; the natural one is meant.")
def _(o, y):
    return -np.log2(_label_probabilities(o, y))


@cross_entropy.mistake(
    "all-classes", "The logs of all classes are added up; only the label's counts."
)
def _(o, y):
    return -np.log(o).sum(axis=1)


@cross_entropy.mistake(
    "log-forgotten", "This is minus the probability of the label; its log is missing."
)
def _(o, y):
    return -_label_probabilities(o, y)


@cross_entropy.mistake(
    "zero-times-log-zero",
    "The one-hot zeros are multiplied by log 0: 0 times -inf is nan. Only the label's probability"
    " is needed.",
    on="zeros",
)
def _(o, y):
    return -(np.eye(o.shape[1])[y] * np.log(o)).sum(axis=1)


@cross_entropy.mistake(
    "binary",
    "This is the binary cross-entropy, which also counts 1 - o of the other classes.",
)
def _(o, y):
    T = np.eye(o.shape[1])[y]
    return -(T * np.log(o) + (1 - T) * np.log(1 - o)).sum(axis=1)


NETWORK = Inputs.of(f=real("t d"), H=real("d v"), b_H=real("1 v"), U=real("v m"), b_U=real("1 m"))

forward = PART.question(
    "forward",
    points=4,
    inputs=NETWORK,
    edges=[NETWORK.fixing(t=1)],
    returns=("k", "h", "z", "o"),
)


def _network(f, H, b_H, U, b_U, g):
    k = f @ H + b_H
    h = g(k)
    z = h @ U + b_U
    return k, h, z, right_softmax(z)


@forward.mistake(
    "no-nonlinearity", "The activation is left out: h is k itself, and the network is linear."
)
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, b_U, lambda k: k.copy())


@forward.mistake("tanh-for-relu", "The hidden activation is tanh; ReLU is asked for.")
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, b_U, np.tanh)


@forward.mistake("sigmoid-for-relu", "The hidden activation is the sigmoid; ReLU is asked for.")
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, b_U, lambda k: 1 / (1 + np.exp(-k)))


@forward.mistake("hidden-bias-forgotten", "The hidden bias b_H is not added to k.")
def _(f, H, b_H, U, b_U):
    return _network(f, H, 0 * b_H, U, b_U, lambda k: np.maximum(k, 0))


@forward.mistake("output-bias-forgotten", "The output bias b_U is not added to z.")
def _(f, H, b_H, U, b_U):
    return _network(f, H, b_H, U, 0 * b_U, lambda k: np.maximum(k, 0))


@forward.mistake(
    "logits-of-k", "The logits are computed from k; they come from h, after the activation."
)
def _(f, H, b_H, U, b_U):
    k = f @ H + b_H
    z = k @ U + b_U
    return k, np.maximum(k, 0), z, right_softmax(z)


@forward.mistake(
    "relu-on-logits", "ReLU is applied to the logits as well; only the hidden layer has one."
)
def _(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = np.maximum(k, 0)
    z = np.maximum(h @ U + b_U, 0)
    return k, h, z, right_softmax(z)
