"""Label smoothing, extra credit (notes, section 1.3, the footnote)."""

import numpy as np

import smoothing as right
from autograder.authoring import Gradient, Inputs, Question, constant, labels, length, one_of
from forward import cross_entropy, softmax
from rubric.forward import LEAST, O_AND_Y, WRONG_ARGUMENTS
from softmax_ce import logits_grad

__all__ = ["smooth_labels", "smoothed_cross_entropy", "smoothed_logits_grad"]


EPSILON = one_of(0.5, 0.25, 0.1)

LABELS = Inputs.of(y=labels("t", below="m"), m=length("m"), epsilon=EPSILON)

smooth_labels = Question(
    "smooth_labels",
    points=1.5,
    inputs=LABELS,
    edges=[LABELS.fixing(t=1), LABELS.replacing(epsilon=constant(0.0))],
    returns="S",
)


def _hot(y, m):
    return np.eye(m)[y]


#: Wrong labels that are passed on to the loss and its gradient as well.
WRONG_LABELS = {
    "spread-over-the-others": (
        lambda y, m, epsilon: np.where(_hot(y, m) == 1, 1 - epsilon, epsilon / (m - 1)),
        "epsilon is spread over the other m - 1 labels, epsilon / (m - 1) each. That is another"
        " convention; here it is spread over all m labels, and the gold one has its share.",
    ),
    "gold-share-forgotten": (
        lambda y, m, epsilon: np.where(_hot(y, m) == 1, 1 - epsilon, epsilon / m),
        "The gold label's probability is 1 - epsilon; like every label it gets its share of"
        " epsilon on top. So the probabilities of an item add up to less than 1.",
    ),
    "nothing-taken-from-gold": (
        lambda y, m, epsilon: _hot(y, m) + epsilon / m,
        "The gold label keeps its whole 1, and every label gets a share on top: the probabilities"
        " of an item add up to more than 1. What is spread has to be taken from somewhere.",
    ),
    "gold-label-left-at-one": (
        lambda y, m, epsilon: np.where(_hot(y, m) == 1, 1.0, epsilon / m),
        "The gold label's probability is still 1, whatever epsilon is: the probabilities of an"
        " item add up to more than 1.",
    ),
    "epsilon-not-divided": (
        lambda y, m, epsilon: (1 - epsilon) * _hot(y, m) + epsilon,
        "Every label gets the whole epsilon; epsilon is what all labels share.",
    ),
    "two-conventions": (
        lambda y, m, epsilon: (1 - epsilon) * _hot(y, m) + epsilon / (m - 1),
        "Two conventions are mixed: all m labels get a share, yet epsilon is divided by m - 1. The"
        " probabilities of an item add up to more than 1.",
    ),
    "nothing-spread": (
        lambda y, m, epsilon: (1 - epsilon) * _hot(y, m),
        "epsilon is taken from the gold label and given to none; the other labels are still at 0.",
    ),
    "weights-swapped": (
        lambda y, m, epsilon: epsilon * _hot(y, m) + (1 - epsilon) / m,
        "The weights are swapped: epsilon is what is spread, not what the gold label keeps.",
    ),
    "divided-by-t": (
        lambda y, m, epsilon: (1 - epsilon) * _hot(y, m) + epsilon / len(y),
        "epsilon is divided by t, the number of items; it is spread over the m labels of an item.",
    ),
    "not-smoothed": (
        lambda y, m, epsilon: _hot(y, m),
        "Nothing is smoothed: this is what epsilon 0 gives, whatever epsilon is.",
    ),
    "spread-alone": (
        lambda y, m, epsilon: np.full((len(y), m), epsilon / m),
        "This is what is spread, alone: the gold label's own 1 - epsilon is missing.",
    ),
    "epsilon-fixed": (
        lambda y, m, epsilon: 0.9 * _hot(y, m) + 0.1 / m,
        "This is right for epsilon 0.1 alone; use the argument.",
    ),
    "labels-from-one": (
        lambda y, m, epsilon: (1 - epsilon) * _hot(y - 1, m) + epsilon / m,
        "The labels are treated as if they started at 1; here they start at 0.",
    ),
}

for name, (wrong, sentence) in WRONG_LABELS.items():
    smooth_labels.mistake(name, sentence)(wrong)


@smooth_labels.mistake(
    "classes-counted-in-the-batch",
    "There are only as many columns as the largest label in this batch needs; there should be"
    " m columns.",
)
def _(y, m, epsilon):
    m = y.max() + 1
    return (1 - epsilon) * _hot(y, m) + epsilon / m


@smooth_labels.mistake(
    "spread-over-the-labels-of-the-batch",
    "epsilon is divided by the number of labels that occur in this batch; there are m labels.",
)
def _(y, m, epsilon):
    return (1 - epsilon) * _hot(y, m) + epsilon / len(np.unique(y))


@smooth_labels.mistake(
    "whole-columns",
    "Whole columns are treated as gold, for every item; each item has one label, in its own row.",
)
def _(y, m, epsilon):
    T = np.zeros((len(y), m))
    T[:, y] = 1.0
    return (1 - epsilon) * T + epsilon / m


@smooth_labels.mistake(
    "transposed", "This is the transpose: each item is a row, each label a column."
)
def _(y, m, epsilon):
    return right.smooth_labels(y, m, epsilon).T


@smooth_labels.way()
def _(y, m, epsilon):
    S = np.full((len(y), m), epsilon / m)
    S[np.arange(len(y)), y] += 1 - epsilon
    return S


# ---- the loss

PAIR = Inputs.of(**O_AND_Y.specs, epsilon=EPSILON)


def _with_unlikely_labels(arguments: dict) -> dict:
    """Give each item one label at the least probability that is promised: every other's is gold."""
    o, y = arguments["o"].copy(), arguments["y"]
    t, m = o.shape
    place = (np.arange(t), (y + np.arange(t) % 2) % m)
    o[place] = 0.0
    o[place] = o.sum(axis=1) * 1.001 * LEAST  # a little more, as rounding may take some
    return arguments | {"o": o / o.sum(axis=1, keepdims=True)}


EDGES = [
    PAIR.fixing(t=1),
    PAIR.replacing(epsilon=constant(0.0)),
    PAIR.adjusted(_with_unlikely_labels),
]

smoothed_cross_entropy = Question(
    "smoothed_cross_entropy", points=1.5, inputs=PAIR, edges=EDGES, returns="loss"
)


def _loss(S, o):
    return -(S * np.log(o)).sum(axis=1)


def _smooth(o, y, epsilon):
    return right.smooth_labels(y, o.shape[1], epsilon)


for name, (wrong, sentence) in WRONG_LABELS.items():
    smoothed_cross_entropy.mistake(name, sentence)(
        lambda o, y, epsilon, wrong=wrong: _loss(wrong(y, o.shape[1], epsilon), o)
    )

for name, (change, sentence) in WRONG_ARGUMENTS.items():
    if name not in WRONG_LABELS:
        smoothed_cross_entropy.mistake(name, sentence)(
            lambda o, y, epsilon, change=change: right.smoothed_cross_entropy(
                *change(o, y), epsilon
            )
        )


@smoothed_cross_entropy.mistake(
    "sign", "The minus sign is missing: the log of a probability is negative, a loss is not."
)
def _(o, y, epsilon):
    return -_loss(_smooth(o, y, epsilon), o)


@smoothed_cross_entropy.mistake(
    "averaged", "This is the mean over the batch; return the loss of each item."
)
def _(o, y, epsilon):
    return _loss(_smooth(o, y, epsilon), o).mean()


@smoothed_cross_entropy.mistake(
    "summed", "This is the sum over the batch; return the loss of each item."
)
def _(o, y, epsilon):
    return _loss(_smooth(o, y, epsilon), o).sum()


@smoothed_cross_entropy.mistake(
    "losses-divided-by-t",
    "Each item's loss is divided by t, which is part of an average; here each item keeps its"
    " own loss.",
)
def _(o, y, epsilon):
    return _loss(_smooth(o, y, epsilon), o) / len(y)


@smoothed_cross_entropy.mistake(
    "log-base-2", "This is the base-2 logarithm; use the natural logarithm."
)
def _(o, y, epsilon):
    return _loss(_smooth(o, y, epsilon), o) / np.log(2)


@smoothed_cross_entropy.mistake(
    "not-summed-over-labels",
    "Each item still has one number for each label; its loss is a single number.",
)
def _(o, y, epsilon):
    return -_smooth(o, y, epsilon) * np.log(o)


@smoothed_cross_entropy.mistake(
    "averaged-over-labels",
    "The mean is taken over the labels, which divides by m once more: the m shares of epsilon are"
    " small already.",
)
def _(o, y, epsilon):
    return _loss(_smooth(o, y, epsilon), o) / o.shape[1]


@smoothed_cross_entropy.mistake(
    "label-entry-alone",
    "Only the gold label's log counts here, with its smoothed weight; the other labels have a"
    " weight now, too.",
)
def _(o, y, epsilon):
    return _loss(_smooth(o, y, epsilon) * _hot(y, o.shape[1]), o)


@smoothed_cross_entropy.mistake(
    "probabilities-smoothed",
    "The probabilities o are smoothed in place of the labels; the loss compares o as it is with"
    " smoothed labels.",
)
def _(o, y, epsilon):
    return -np.log((1 - epsilon) * o[np.arange(len(y)), y] + epsilon / o.shape[1])


@smoothed_cross_entropy.mistake(
    "roles-swapped",
    "The two are swapped: the log is taken of the smoothed labels, weighted with o. It belongs to"
    " o, which the network can change.",
)
def _(o, y, epsilon):
    return -(o * np.log(_smooth(o, y, epsilon))).sum(axis=1)


@smoothed_cross_entropy.mistake(
    "divergence",
    "This is the Kullback-Leibler divergence: the smoothed labels' own entropy is subtracted. It"
    " has the same gradient, but is not the cross-entropy.",
)
def _(o, y, epsilon):
    S = _smooth(o, y, epsilon)
    return (S * np.log(np.where(S > 0, S, 1) / o)).sum(axis=1)


@smoothed_cross_entropy.mistake(
    "log-forgotten",
    "The probabilities themselves are weighted; their log is missing, which makes an unlikely"
    " label costly.",
)
def _(o, y, epsilon):
    return -(_smooth(o, y, epsilon) * o).sum(axis=1)


@smoothed_cross_entropy.mistake(
    "binary",
    "This is the binary cross-entropy, which also counts 1 - o of each label.",
)
def _(o, y, epsilon):
    S = _smooth(o, y, epsilon)
    return _loss(S, o) + _loss(1 - S, 1 - o)


@smoothed_cross_entropy.way()
def _(o, y, epsilon):
    return (1 - epsilon) * cross_entropy(o, y) - epsilon * np.log(o).mean(axis=1)


# ---- the gradient at the logits

smoothed_logits_grad = Question(
    "smoothed_logits_grad",
    points=2,
    inputs=PAIR,
    edges=EDGES,
    returns="dl/dz",
    proof=Gradient(
        of=lambda o, y, epsilon, point: right.smoothed_cross_entropy(
            softmax(point), y, epsilon
        ).sum(),
        at=lambda o, y, epsilon: np.log(o),
    ),
)

for name, (wrong, sentence) in WRONG_LABELS.items():
    smoothed_logits_grad.mistake(name, sentence)(
        lambda o, y, epsilon, wrong=wrong: o - wrong(y, o.shape[1], epsilon)
    )

for name, (change, sentence) in WRONG_ARGUMENTS.items():
    if name not in WRONG_LABELS:
        smoothed_logits_grad.mistake(name, sentence)(
            lambda o, y, epsilon, change=change: right.smoothed_logits_grad(*change(o, y), epsilon)
        )


@smoothed_logits_grad.mistake(
    "sign",
    "The sign is wrong: this points down the loss; the gradient points up.",
)
def _(o, y, epsilon):
    return _smooth(o, y, epsilon) - o


@smoothed_logits_grad.mistake(
    "gradients-divided-by-t",
    "This is already divided by t. The average over the batch is taken only once, in the update.",
)
def _(o, y, epsilon):
    return (o - _smooth(o, y, epsilon)) / len(y)


@smoothed_logits_grad.mistake(
    "averaged-into-one-row",
    "The gradients of the items are averaged into a single row; each item keeps its own.",
)
def _(o, y, epsilon):
    return (o - _smooth(o, y, epsilon)).mean(axis=0, keepdims=True)


@smoothed_logits_grad.mistake(
    "brackets-forgotten",
    "The share of epsilon is added to o; it is part of the smoothed label, which is subtracted as"
    " a whole.",
)
def _(o, y, epsilon):
    return o - (1 - epsilon) * _hot(y, o.shape[1]) + epsilon / o.shape[1]


@smoothed_logits_grad.mistake(
    "old-gradient-scaled",
    "This is 1 - epsilon times the gradient without smoothing; what is spread has a gradient of"
    " its own, which is missing.",
)
def _(o, y, epsilon):
    return (1 - epsilon) * logits_grad(o, y)


@smoothed_logits_grad.mistake(
    "probabilities-smoothed",
    "The probabilities o are smoothed in place of the labels; the gradient is o as it is minus"
    " smoothed labels.",
)
def _(o, y, epsilon):
    return (1 - epsilon) * o + epsilon / o.shape[1] - _hot(y, o.shape[1])


@smoothed_logits_grad.mistake(
    "spread-at-the-gold-label-only",
    "Only the gold label's entry has a smoothed label subtracted; the other labels' shares of"
    " epsilon are missing.",
)
def _(o, y, epsilon):
    return o - _smooth(o, y, epsilon) * _hot(y, o.shape[1])


@smoothed_logits_grad.mistake(
    "label-entry-only",
    "Only the gold label's entry has a gradient here; the other logits change the loss, too.",
)
def _(o, y, epsilon):
    return (o - _smooth(o, y, epsilon)) * _hot(y, o.shape[1])


@smoothed_logits_grad.mistake(
    "gradient-at-the-probabilities",
    "This is the gradient at the probabilities o, the smoothed label over -o; you need the"
    " logits'.",
)
def _(o, y, epsilon):
    return -_smooth(o, y, epsilon) / o


@smoothed_logits_grad.mistake(
    "divided-by-m", "This is divided by the number of labels; nothing is averaged over the labels."
)
def _(o, y, epsilon):
    return (o - _smooth(o, y, epsilon)) / o.shape[1]


@smoothed_logits_grad.mistake(
    "times-o-and-one-minus-o",
    "A factor o (1 - o) is multiplied in, as for the sigmoid with a squared error; softmax's"
    " derivative is already in the difference.",
)
def _(o, y, epsilon):
    return (o - _smooth(o, y, epsilon)) * o * (1 - o)


@smoothed_logits_grad.way()
def _(o, y, epsilon):
    return (1 - epsilon) * logits_grad(o, y) + epsilon * (o - 1 / o.shape[1])
