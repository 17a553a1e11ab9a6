"""The perceptron: its update, and training until an epoch passes without a mistake."""

from collections.abc import Callable

import numpy as np

import features
import perceptron as right
from autograder.authoring import Check, Examples, Inputs, Question, constant, labels, length, real

__all__ = ["perceptron_update", "train_perceptron"]

ONE = Inputs.of(theta=real("m*V"), c=real("1 V"), y=labels("1", below="m"), m=length("m"))

perceptron_update = Question(
    "perceptron_update",
    points=10,
    inputs=ONE,
    edges=[
        ONE.fixing(m=2),
        ONE.replacing(theta=real("m*V", size=0)),
        ONE.fixing(m=3).replacing(theta=real("m*V", size=0)),
    ],
    returns="theta",
)


def _features(c, y, m):
    return features.joint_features(c, y, m)[0]


def _predicted(theta, c, m):
    return features.predict(c, theta, m)


@perceptron_update.mistake(
    "moved-away",
    "The signs are wrong: this makes the gold label score lower and the predicted one higher.",
)
def _(theta, c, y, m):
    return theta - _features(c, y, m) + _features(c, _predicted(theta, c, m), m)


@perceptron_update.mistake(
    "always-the-gold-label",
    "The features of the gold label are added, and those of the predicted label are never"
    " subtracted.",
)
def _(theta, c, y, m):
    return theta + _features(c, y, m)


@perceptron_update.mistake(
    "gold-label-added-alone",
    "Where the prediction is wrong, the features of the gold label are added; subtract those of the"
    " predicted label, too.",
)
def _(theta, c, y, m):
    is_wrong = _predicted(theta, c, m)[0] != y[0]
    return theta + is_wrong * _features(c, y, m)


@perceptron_update.mistake(
    "predicted-label-subtracted-alone",
    "The features of the predicted label are subtracted; add those of the gold label, too.",
)
def _(theta, c, y, m):
    is_wrong = _predicted(theta, c, m)[0] != y[0]
    return theta - is_wrong * _features(c, _predicted(theta, c, m), m)


@perceptron_update.mistake(
    "update-where-right",
    "theta is changed where the prediction is right, and kept where it is wrong.",
)
def _(theta, c, y, m):
    is_right = _predicted(theta, c, m)[0] == y[0]
    return theta + is_right * (_features(c, y, m) - _features(c, (y + 1) % m, m))


@perceptron_update.mistake(
    "every-other-label-subtracted",
    "The features of all wrong labels are subtracted; subtract only those of the predicted label.",
)
def _(theta, c, y, m):
    is_wrong = _predicted(theta, c, m)[0] != y[0]
    others = np.tile(c[0], m) - _features(c, y, m)
    return theta + is_wrong * (_features(c, y, m) - others)


@perceptron_update.mistake("half-a-step", "The update is half as large as it should be.")
def _(theta, c, y, m):
    return (theta + right.perceptron_update(theta, c, y, m)) / 2


#: Texts that some theta separates: the word of its label occurs more often than any other.
SEPARABLE = Inputs.of(
    c=real("t V"), y=labels("t", below="m"), m=length("m"), epochs=constant(20)
).fixing(m=2)


def _separate(drawn):
    c = np.abs(drawn["c"])
    c[np.arange(len(c)), drawn["y"]] += 4
    return drawn | {"c": c}


#: The notes' data that no line separates, with a third word that is always there.
XOR = (np.array([[1.0, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1]]), np.array([0, 1, 1, 0]))

TRAINING = SEPARABLE.adjusted(_separate)
FEW = Inputs.of(c=real("t V"), y=labels("t", below="m"), m=length("m"), epochs=constant(2))

train_perceptron = Question(
    "train_perceptron",
    points=14,
    inputs=TRAINING,
    edges=[
        TRAINING.fixing(t=1),
        TRAINING.fixing(t=5),
        FEW.replacing(epochs=constant(1)),
        FEW.fixing(m=3),
        FEW.choosing(t=(6,)),
    ],
    returns=("theta", "mistakes"),
    checks=[
        Check(
            "xor",
            "xor, which no theta separates",
            "values",
            3,
            examples=Examples(FEW, 1, pinned=((*XOR, 2, 6), (*XOR, 2, 1))),
        ),
    ],
)

Update = Callable[[np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]


def _train(c, y, m, epochs, *, update: Update = right.perceptron_update, theta=None, stops=True):
    theta, mistakes = np.zeros(m * c.shape[1]) if theta is None else theta, []
    for _ in range(epochs):
        wrong = 0
        for s in range(len(y)):
            wrong += int(_predicted(theta, c[s : s + 1], m)[0] != y[s])
            theta = update(theta, c[s : s + 1], y[s : s + 1], m)
        mistakes.append(wrong)
        if stops and wrong == 0:
            break
    return theta, np.array(mistakes)


@train_perceptron.mistake(
    "never-ends-early",
    "All epochs are run, also after one without a mistake; end after the first one of these.",
)
def _(c, y, m, epochs):
    return _train(c, y, m, epochs, stops=False)


@train_perceptron.mistake(
    "ends-after-one-epoch",
    "Only one epoch is run; go on until there is no mistake.",
)
def _(c, y, m, epochs):
    return _train(c, y, m, 1)


@train_perceptron.mistake(
    "last-epoch-not-counted",
    "The epoch without a mistake is missing from the counts; its 0 belongs at their end.",
)
def _(c, y, m, epochs):
    theta, mistakes = _train(c, y, m, epochs)
    return theta, mistakes[mistakes > 0]


@train_perceptron.mistake(
    "all-texts-at-once",
    "All texts of an epoch are predicted with the weights from its beginning; predict each one"
    " after the update of the one before.",
)
def _(c, y, m, epochs):
    theta, mistakes = np.zeros(m * c.shape[1]), []
    for _ in range(epochs):
        y_hat = features.predict(c, theta, m)
        moves = features.joint_features(c, y, m) - features.joint_features(c, y_hat, m)
        theta = theta + moves.sum(axis=0)
        mistakes.append(int((y_hat != y).sum()))
        if mistakes[-1] == 0:
            break
    return theta, np.array(mistakes)


@train_perceptron.mistake(
    "counted-after-the-update",
    "A mistake is counted after its own update; count it before.",
)
def _(c, y, m, epochs):
    theta, mistakes = np.zeros(m * c.shape[1]), []
    for _ in range(epochs):
        wrong = 0
        for s in range(len(y)):
            theta = right.perceptron_update(theta, c[s : s + 1], y[s : s + 1], m)
            wrong += int(_predicted(theta, c[s : s + 1], m)[0] != y[s])
        mistakes.append(wrong)
        if wrong == 0:
            break
    return theta, np.array(mistakes)


@train_perceptron.mistake(
    "ends-at-the-first-right-text",
    "Training ends as soon as one text is predicted rightly; a whole epoch has to pass without a"
    " mistake.",
)
def _(c, y, m, epochs):
    theta, mistakes = np.zeros(m * c.shape[1]), []
    for _ in range(epochs):
        wrong = 0
        for s in range(len(y)):
            if _predicted(theta, c[s : s + 1], m)[0] == y[s]:
                return theta, np.array([*mistakes, wrong])
            wrong += 1
            theta = right.perceptron_update(theta, c[s : s + 1], y[s : s + 1], m)
        mistakes.append(wrong)
    return theta, np.array(mistakes)


@train_perceptron.mistake(
    "from-the-last-text",
    "The texts come in the reverse order; begin with the first row.",
)
def _(c, y, m, epochs):
    return _train(c[::-1], y[::-1], m, epochs)


@train_perceptron.mistake(
    "averaged",
    "This is the average of the weights over all updates; return the weights after the last one.",
)
def _(c, y, m, epochs):
    met = []

    def update(*call):
        met.append(right.perceptron_update(*call))
        return met[-1]

    _, mistakes = _train(c, y, m, epochs, update=update)
    return np.mean(met, axis=0), mistakes


@train_perceptron.mistake(
    "starts-as-ones",
    "The weights start as ones; they start as zeros.",
)
def _(c, y, m, epochs):
    return _train(c, y, m, epochs, theta=np.ones(m * c.shape[1]))


@train_perceptron.mistake(
    "one-count-for-all",
    "This is the number of mistakes of all epochs together; return one number for each epoch.",
)
def _(c, y, m, epochs):
    theta, mistakes = _train(c, y, m, epochs)
    return theta, np.array([mistakes.sum()])
