"""The exam on one page."""

from autograder.authoring import Exam, Letter, Part
from rubric.features import bag_of_words, joint_features, predict, scores
from rubric.logistic import loss, loss_grad, probabilities, sgd_step, train_logistic
from rubric.perceptron import perceptron_update, train_perceptron
from rubric.promises import PROMISES

__all__ = ["EXAM"]

# fmt: off
EXAM = Exam(
    Part("features", "Features and scores", "",
         bag_of_words, joint_features, scores, predict, points=36),
    Part("perceptron", "The perceptron", "",
         perceptron_update, train_perceptron, points=24),
    Part("logistic", "Logistic regression", "",
         probabilities, loss, loss_grad, sgd_step, train_logistic, points=40),
    promises=PROMISES,
    letters={
        "t": Letter("texts", (2, 3, 4)),
        "n": Letter("words of a text", (3, 4)),
        "m": Letter("labels", (2, 3), unlike="V"),
        "V": Letter("words of the vocabulary", (4, 5), unlike="n"),
    },
)
