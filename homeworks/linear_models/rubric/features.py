"""Features of a text and a label, and their scores."""

import numpy as np

import features as right
from autograder.authoring import Inputs, Question, labels, length, real, word_ids

__all__ = ["SCORED", "bag_of_words", "joint_features", "predict", "scores"]

WORDS = Inputs.of(ids=word_ids("t n", below="V"), vocab_size=length("V"))

bag_of_words = Question(
    "bag_of_words",
    points=8,
    inputs=WORDS,
    edges=[WORDS.fixing(t=1), WORDS.fixing(n=1), WORDS.choosing(V=(9,))],
    returns="c",
)


@bag_of_words.mistake(
    "presence-for-count",
    "A word counts once, however often it occurs; count every occurrence.",
)
def _(ids, vocab_size):
    return np.minimum(right.bag_of_words(ids, vocab_size), 1)


@bag_of_words.mistake(
    "divided-by-length",
    "The counts are divided by the number of words, so each row adds up to 1; return the counts"
    " themselves.",
)
def _(ids, vocab_size):
    return right.bag_of_words(ids, vocab_size) / ids.shape[1]


@bag_of_words.mistake(
    "counted-over-the-batch",
    "The words of all texts are counted together; each text has a row of its own.",
)
def _(ids, vocab_size):
    return right.bag_of_words(ids, vocab_size).sum(axis=0, keepdims=True).repeat(len(ids), axis=0)


@bag_of_words.mistake(
    "vocabulary-from-the-texts",
    "There are only as many columns as the largest id of these texts needs; the vocabulary has"
    " vocab_size words, also where the last ones do not occur.",
)
def _(ids, vocab_size):
    return right.bag_of_words(ids, int(ids.max()) + 1)


@bag_of_words.mistake(
    "ids-from-one",
    "Every word is counted one column too far to the left: ids begin at 0.",
)
def _(ids, vocab_size):
    return np.roll(right.bag_of_words(ids, vocab_size), -1, axis=1)


@bag_of_words.mistake(
    "last-word-forgotten",
    "The last word of each text is not counted.",
)
def _(ids, vocab_size):
    return right.bag_of_words(ids[:, :-1], vocab_size)


LABELED = Inputs.of(c=real("t V"), y=labels("t", below="m"), m=length("m"))

joint_features = Question(
    "joint_features",
    points=10,
    inputs=LABELED,
    edges=[
        LABELED.fixing(t=1),
        LABELED.fixing(V=1),
        # A label that does not occur still has its block.
        LABELED.replacing(y=labels("t", below=1)),
    ],
    returns="f",
)


@joint_features.mistake(
    "interleaved",
    "The labels of a word lie side by side; the words of a label do: m blocks of V numbers.",
)
def _(c, y, m):
    blocks = right.joint_features(c, y, m).reshape(len(c), m, -1)
    return blocks.transpose(0, 2, 1).reshape(len(c), -1)


@joint_features.mistake(
    "in-every-block",
    "The counts are in the block of every label; they belong in the block of y alone.",
)
def _(c, y, m):
    return np.tile(c, (1, m))


@joint_features.mistake(
    "in-the-other-blocks",
    "The counts are in all blocks but that of y; it is the other way around.",
)
def _(c, y, m):
    return np.tile(c, (1, m)) - right.joint_features(c, y, m)


@joint_features.mistake(
    "blocks-from-the-end",
    "The blocks are in the reverse order: label 0's is the first.",
)
def _(c, y, m):
    return right.joint_features(c, m - 1 - y, m)


@joint_features.mistake(
    "first-label-for-all",
    "Every text is in the block of the first text's label; each has a label of its own.",
)
def _(c, y, m):
    return right.joint_features(c, np.full_like(y, y[0]), m)


@joint_features.mistake(
    "labels-from-these-texts",
    "There are only as many blocks as the largest label of these texts needs; there are m labels,"
    " also where the last ones do not occur.",
)
def _(c, y, m):
    return right.joint_features(c, y, int(y.max()) + 1)


@joint_features.mistake(
    "times-the-label",
    "The counts are multiplied by the number of the label; which block they are in says the label.",
)
def _(c, y, m):
    return right.joint_features(c, y, m) * y[:, None]


SCORED = Inputs.of(c=real("t V"), theta=real("m*V"), m=length("m"))

scores = Question(
    "scores",
    points=9,
    inputs=SCORED,
    edges=[SCORED.fixing(t=1), SCORED.fixing(V=1), SCORED.choosing(m=(5,), V=(3,))],
    returns="z",
)


@scores.mistake(
    "weights-interleaved",
    "theta is read as V rows of m numbers; its first V numbers are label 0's, so it has m rows of"
    " V numbers.",
)
def _(c, theta, m):
    return c @ theta.reshape(-1, m)


@scores.mistake(
    "labels-in-reverse",
    "The columns are in the reverse order: label 0's score comes first.",
)
def _(c, theta, m):
    return right.scores(c, theta, m)[:, ::-1]


@scores.mistake(
    "divided-by-the-number-of-words",
    "The scores are divided by the number of words in the text; theta . f(x, y) is not.",
)
def _(c, theta, m):
    return right.scores(c, theta, m) / c.shape[1]


@scores.mistake(
    "probabilities-returned",
    "These are probabilities; the scores come before exp and before they are divided.",
)
def _(c, theta, m):
    e = np.exp(right.scores(c, theta, m))
    return e / e.sum(axis=1, keepdims=True)


@scores.mistake(
    "weights-squared",
    "The weights are squared; a score is linear in theta.",
)
def _(c, theta, m):
    return right.scores(c, theta**2, m)


#: So few different numbers that scores are often equal.
TIED = SCORED.replacing(theta=real("m*V", size=0.5), c=labels("t V", below=2)).adjusted(
    lambda drawn: drawn | {"c": drawn["c"].astype(float)}
)

predict = Question(
    "predict",
    points=9,
    inputs=SCORED,
    edges=[
        SCORED.fixing(t=1),
        TIED.fixing(t=5),
        SCORED.replacing(theta=real("m*V", size=0)),
        SCORED.fixing(m=3).replacing(theta=real("m*V", size=0)),
        SCORED.replacing(c=real("t V", size=0)),
    ],
    returns="y",
)


@predict.mistake(
    "last-of-equal-scores",
    "If several labels have the highest score, this is the largest of them; take the smallest.",
)
def _(c, theta, m):
    return m - 1 - right.scores(c, theta, m)[:, ::-1].argmax(axis=1)


@predict.mistake("lowest-score", "This is the label with the lowest score; take the highest.")
def _(c, theta, m):
    return right.scores(c, theta, m).argmin(axis=1)


@predict.mistake(
    "largest-in-size",
    "A score that is far below 0 wins here; compare the scores, not their absolute values.",
)
def _(c, theta, m):
    return np.abs(right.scores(c, theta, m)).argmax(axis=1)


@predict.mistake(
    "best-text-for-each-label",
    "This is a text for each label; you need a label for each text.",
)
def _(c, theta, m):
    return right.scores(c, theta, m).argmax(axis=0)


@predict.mistake(
    "scores-returned",
    "These are the highest scores; return the labels that have them.",
)
def _(c, theta, m):
    return right.scores(c, theta, m).max(axis=1)


@predict.mistake("labels-from-one", "The labels are one too large: they begin at 0.")
def _(c, theta, m):
    return right.predict(c, theta, m) + 1


@predict.mistake(
    "positive-score-for-two-labels",
    "This asks whether label 1's score is above 0; compare it with the other labels' scores.",
)
def _(c, theta, m):
    return (right.scores(c, theta, m)[:, 1] > 0).astype(int)
