"""What the docstrings promise, each with the calls that are about it."""

from autograder.authoring import Promise

__all__ = ["PROMISES"]

PROMISES = (
    Promise("features.bag_of_words", "any number of texts: one", lambda ids: len(ids) == 1),
    Promise("features.bag_of_words", "any number of words: one", lambda ids: ids.shape[1] == 1),
    Promise(
        "features.bag_of_words",
        "a column for words that do not occur",
        lambda ids, vocab_size: ids.max() < vocab_size - 1,
    ),
    Promise(
        "features.joint_features",
        "a block for labels that do not occur",
        lambda y, m: y.max() < m - 1,
    ),
    Promise("features.predict", "the smallest of equal labels", lambda theta: not theta.any()),
    Promise(
        "perceptron.perceptron_update",
        "of equal labels the smallest",
        lambda theta: not theta.any(),
    ),
    Promise("perceptron.train_perceptron", "any number of epochs: one", lambda epochs: epochs == 1),
    Promise("perceptron.train_perceptron", "any number of texts: one", lambda c: len(c) == 1),
    Promise(
        "logistic.probabilities", "finite for all scores", lambda theta: abs(theta).max() > 700
    ),
    Promise("logistic.loss", "finite for all scores", lambda theta: abs(theta).max() > 700),
    Promise("logistic.loss", "any number of texts: one", lambda c: len(c) == 1),
    Promise("logistic.loss_grad", "any number of texts: one", lambda c: len(c) == 1),
    Promise(
        "logistic.train_logistic",
        "a minibatch larger than all texts",
        lambda c, batch_size: batch_size > len(c),
    ),
    Promise(
        "logistic.train_logistic",
        "a smaller last minibatch",
        lambda c, batch_size: len(c) > batch_size and len(c) % batch_size != 0,
    ),
)
