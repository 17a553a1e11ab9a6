"""The exam on one page."""

from autograder.authoring import Exam, Part
from rubric.regression import error, error_grad, predict, step

__all__ = ["EXAM"]

EXAM = Exam(
    Part("regression", "Linear regression", "", predict, error, error_grad, step, points=100),
)
