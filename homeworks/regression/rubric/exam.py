"""The exam on one page."""

from autograder.authoring import Exam, Letter, Part
from rubric.regression import error, error_grad, predict, step

EXAM = Exam(
    Part("regression", "Linear regression", "", predict, error, error_grad, step, points=100),
    letters={"n": Letter("items", (2, 3, 4)), "p": Letter("features", (2, 3))},
)
