"""Logistic regression: probabilities, loss, its gradient, and descent in minibatches."""

from collections.abc import Callable
from typing import Any

import numpy as np

import features
import logistic as right
from autograder.authoring import (
    Check,
    Examples,
    Gradient,
    Inputs,
    Question,
    constant,
    extreme,
    labels,
    length,
    one_of,
    real,
)
from rubric.features import SCORED

__all__ = ["loss", "loss_grad", "probabilities", "sgd_step", "train_logistic"]

probabilities = Question(
    "probabilities",
    points=9,
    inputs=SCORED,
    edges=[SCORED.fixing(t=1), SCORED.fixing(V=1)],
    returns="p",
    checks=[
        Check(
            "large",
            "large scores",
            "values",
            1,
            examples=Examples(SCORED.replacing(theta=extreme("m*V")), 4),
        ),
    ],
)


def _declare_wrong_softmax(question: Question, use: Callable[..., Any]) -> None:
    """Declare for a question the mistakes in probabilities that it is made of."""

    @question.mistake("over-the-texts", "This adds up to 1 down each column; each row must.")
    def _(*call):
        e = np.exp(features.scores(*call))
        return use(e / e.sum(axis=0, keepdims=True), *call)

    @question.mistake(
        "over-the-whole-batch", "All texts together add up to 1; each row must do so by itself."
    )
    def _(*call):
        e = np.exp(features.scores(*call))
        return use(e / e.sum(), *call)


_declare_wrong_softmax(probabilities, lambda p, *_: p)


@probabilities.mistake(
    "overflow",
    "exp of a large score overflows, and inf / inf is nan. A constant that is subtracted from all"
    " scores of a text changes nothing: subtract one that makes them small.",
    shows_in="large",
)
def _(c, theta, m):
    e = np.exp(features.scores(c, theta, m))
    return e / e.sum(axis=1, keepdims=True)


@probabilities.mistake(
    "exponential-forgotten",
    "The scores are divided by their sum, without exp: some come out negative.",
)
def _(c, theta, m):
    z = features.scores(c, theta, m)
    return z / z.sum(axis=1, keepdims=True)


@probabilities.mistake(
    "not-normalized", "exp is taken, but the rows are not divided by their sums."
)
def _(c, theta, m):
    return np.exp(features.scores(c, theta, m))


@probabilities.mistake(
    "sigmoid-of-each-score",
    "This is the sigmoid of each score: the labels of a text do not add up to 1.",
)
def _(c, theta, m):
    return 1 / (1 + np.exp(-features.scores(c, theta, m)))


@probabilities.mistake("log-probabilities", "These are the logarithms of the probabilities.")
def _(c, theta, m):
    return np.log(right.probabilities(c, theta, m))


GOLD = Inputs.of(c=real("t V"), y=labels("t", below="m"), theta=real("m*V"), m=length("m"))
LARGE = Check(
    "large", "large scores", "values", 1, examples=Examples(GOLD.replacing(theta=extreme("m*V")), 4)
)
NO_LAST_LABEL = GOLD.replacing(y=labels("t", below=1))

loss = Question(
    "loss",
    points=9,
    inputs=GOLD,
    edges=[GOLD.fixing(t=1), GOLD.fixing(V=1), NO_LAST_LABEL],
    returns="l",
    checks=[LARGE],
)


def _losses(c, y, theta, m):
    return -np.log(right.probabilities(c, theta, m)[np.arange(len(y)), y])


@loss.mistake("summed", "This is the sum over the texts; you need their mean.")
def _(c, y, theta, m):
    return _losses(c, y, theta, m).sum()


@loss.mistake("sign", "The sign is wrong: a loss is never below 0.")
def _(c, y, theta, m):
    return -_losses(c, y, theta, m).mean()


@loss.mistake(
    "probability-not-its-logarithm",
    "This is the mean probability of the gold labels; take -log of each one first.",
)
def _(c, y, theta, m):
    return np.exp(-_losses(c, y, theta, m)).mean()


@loss.mistake(
    "logarithm-of-the-mean",
    "The mean is taken before the logarithm; take -log of each text's probability, then the mean.",
)
def _(c, y, theta, m):
    return -np.log(np.exp(-_losses(c, y, theta, m)).mean())


@loss.mistake("in-bits", "This is the loss in bits, by log2; use the natural logarithm.")
def _(c, y, theta, m):
    return _losses(c, y, theta, m).mean() / np.log(2)


@loss.mistake(
    "divided-by-labels-too",
    "The sum is divided by t and by m; one text has one loss, so divide by t alone.",
)
def _(c, y, theta, m):
    return _losses(c, y, theta, m).mean() / m


@loss.mistake(
    "score-of-the-gold-label",
    "This is the mean of the gold labels' scores, with a minus; the probabilities are divided by"
    " the sum over all labels, and so log of that sum is missing.",
)
def _(c, y, theta, m):
    return -features.scores(c, theta, m)[np.arange(len(y)), y].mean()


@loss.mistake(
    "logarithm-of-zero",
    "A probability that is too small for a float is 0, and its logarithm is infinite. Work with the"
    " scores: log of the sum of exp(z), less the gold label's z.",
    shows_in="large",
)
def _(c, y, theta, m):
    return _losses(c, y, theta, m).mean()


loss_grad = Question(
    "loss_grad",
    points=10,
    inputs=GOLD,
    edges=[GOLD.fixing(t=1), GOLD.fixing(V=1), NO_LAST_LABEL],
    returns="dl/dtheta",
    proof=Gradient(
        of=lambda c, y, theta, m, point: right.loss(c, y, point, m),
        at=lambda c, y, theta, m: theta,
    ),
)


def _expected(c, theta, m):
    p = right.probabilities(c, theta, m)
    return (p[:, :, None] * c[:, None, :]).reshape(len(c), -1)


@loss_grad.mistake("summed", "This is the sum over the texts; you need their mean.")
def _(c, y, theta, m):
    return right.loss_grad(c, y, theta, m) * len(c)


@loss_grad.mistake("sign", "The sign is wrong: the loss falls along this; its gradient points up.")
def _(c, y, theta, m):
    return -right.loss_grad(c, y, theta, m)


@loss_grad.mistake(
    "expectation-alone",
    "The features of the gold labels are not subtracted.",
)
def _(c, y, theta, m):
    return _expected(c, theta, m).mean(axis=0)


@loss_grad.mistake(
    "gold-labels-alone",
    "The features that the model expects are missing: the sum over all i of P(i | x) f(x, i).",
)
def _(c, y, theta, m):
    return -features.joint_features(c, y, m).mean(axis=0)


@loss_grad.mistake(
    "perceptron-update",
    "This takes the predicted label's features; the gradient takes those of every label, each times"
    " its probability.",
)
def _(c, y, theta, m):
    y_hat = features.predict(c, theta, m)
    predicted = features.joint_features(c, y_hat, m)
    return (predicted - features.joint_features(c, y, m)).mean(axis=0)


@loss_grad.mistake(
    "interleaved",
    "The labels of a word lie side by side; as in theta, the words of a label do: m blocks of V"
    " numbers.",
)
def _(c, y, theta, m):
    return right.loss_grad(c, y, theta, m).reshape(m, -1).T.reshape(-1)


@loss_grad.mistake(
    "gold-block-alone",
    "Only the gold label's block has a gradient here; the others are pushed down, too.",
)
def _(c, y, theta, m):
    gap = _expected(c, theta, m) - features.joint_features(c, y, m)
    is_gold = features.joint_features(np.ones_like(c), y, m)
    return (gap * is_gold).mean(axis=0)


@loss_grad.mistake(
    "averaged-over-labels-too",
    "This is divided by t and by m; divide by the t texts alone.",
)
def _(c, y, theta, m):
    return right.loss_grad(c, y, theta, m) / m


STEP = Inputs.of(theta=real("m*V"), grad=real("m*V"), lr=one_of(0.5, 0.1, 1.5))

sgd_step = Question(
    "sgd_step", points=4, inputs=STEP, edges=[STEP.fixing(m=1, V=1)], returns="theta"
)


@sgd_step.mistake("uphill", "The step goes along the gradient, so the loss rises.")
def _(theta, grad, lr):
    return theta + lr * grad


@sgd_step.mistake("no-learning-rate", "The learning rate is left out of the step.")
def _(theta, grad, lr):
    return theta - grad


@sgd_step.mistake("step-alone", "This is the step; add theta to it.")
def _(theta, grad, lr):
    return -lr * grad


@sgd_step.mistake("divided-by-lr", "The gradient is divided by the learning rate; multiply it.")
def _(theta, grad, lr):
    return theta - grad / lr


DESCENT = Inputs.of(
    c=real("t V", size=2),
    y=labels("t", below="m"),
    m=length("m"),
    lr=one_of(0.5, 0.1),
    epochs=one_of(2, 3),
    batch_size=one_of(2, 3),
).choosing(t=(5, 4, 7))

train_logistic = Question(
    "train_logistic",
    points=8,
    inputs=DESCENT,
    edges=[
        DESCENT.fixing(t=1),
        DESCENT.replacing(batch_size=constant(20)),
        DESCENT.replacing(batch_size=constant(1)),
        DESCENT.replacing(epochs=constant(1)),
    ],
    returns=("theta", "losses"),
)


def _descend(c, y, m, lr, epochs, batch_size, *, grad=right.loss_grad, sign=-1.0):
    theta, losses = np.zeros(m * c.shape[1]), []
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            rows = slice(start, start + batch_size)
            theta = theta + sign * lr * grad(c[rows], y[rows], theta, m)
        losses.append(right.loss(c, y, theta, m))
    return theta, np.array(losses)


@train_logistic.mistake("uphill", "The weights move along the gradient, so the loss rises.")
def _(*call):
    return _descend(*call, sign=1.0)


@train_logistic.mistake(
    "one-batch",
    "All texts are one minibatch, whatever batch_size is; make a step for every batch_size texts.",
)
def _(c, y, m, lr, epochs, batch_size):
    return _descend(c, y, m, lr, epochs, len(y))


@train_logistic.mistake(
    "one-text-at-a-time",
    "Each text makes a step of its own; make one for every batch_size texts.",
)
def _(c, y, m, lr, epochs, batch_size):
    return _descend(c, y, m, lr, epochs, 1)


@train_logistic.mistake(
    "last-batch-dropped",
    "The texts that don't fill a whole minibatch are left out; they are a smaller one.",
)
def _(c, y, m, lr, epochs, batch_size):
    whole = len(y) // batch_size * batch_size
    theta, losses = np.zeros(m * c.shape[1]), []
    for _ in range(epochs):
        for start in range(0, whole, batch_size):
            rows = slice(start, start + batch_size)
            theta = theta - lr * right.loss_grad(c[rows], y[rows], theta, m)
        losses.append(right.loss(c, y, theta, m))
    return theta, np.array(losses)


@train_logistic.mistake(
    "last-batch-divided-by-batch-size",
    "The gradient of a smaller last minibatch is divided by batch_size; divide by the texts in it.",
)
def _(c, y, m, lr, epochs, batch_size):
    return _descend(
        c,
        y,
        m,
        lr,
        epochs,
        batch_size,
        grad=lambda c, *rest: right.loss_grad(c, *rest) * len(c) / batch_size,
    )


@train_logistic.mistake(
    "gradients-summed",
    "The gradients of a minibatch are added up; take their mean.",
)
def _(*call):
    return _descend(*call, grad=lambda c, *rest: right.loss_grad(c, *rest) * len(c))


@train_logistic.mistake(
    "losses-before-the-epoch",
    "Each loss is from before its epoch; take it after the epoch's last step.",
)
def _(c, y, m, lr, epochs, batch_size):
    theta, losses = _descend(c, y, m, lr, epochs, batch_size)
    first = right.loss(c, y, np.zeros_like(theta), m)
    return theta, np.array([first, *losses[:-1]])


@train_logistic.mistake(
    "losses-summed",
    "The losses are sums over the texts; take their mean.",
)
def _(c, y, m, lr, epochs, batch_size):
    theta, losses = _descend(c, y, m, lr, epochs, batch_size)
    return theta, losses * len(y)


@train_logistic.mistake(
    "gradient-at-the-start",
    "All minibatches of an epoch take their gradient at the weights with which it began; take it at"
    " the weights that the minibatch before has left.",
)
def _(c, y, m, lr, epochs, batch_size):
    theta, losses = np.zeros(m * c.shape[1]), []
    for _ in range(epochs):
        start_of_epoch = theta
        for start in range(0, len(y), batch_size):
            rows = slice(start, start + batch_size)
            theta = theta - lr * right.loss_grad(c[rows], y[rows], start_of_epoch, m)
        losses.append(right.loss(c, y, theta, m))
    return theta, np.array(losses)
