"""The rubric of this homework: one file for each file of the student, read like an exam key.

Importing it needs the reference solution on the path and Hypothesis installed; the judge needs
neither.
"""

from autograder.language.words import Part
from autograder.rubric import (
    activations,
    embeddings,
    forward,
    relu_backward,
    separability,
    softmax_ce,
    train,
    updates,
)

__all__ = ["PARTS"]

#: In the order of the notes, and of the report.
PARTS: tuple[Part, ...] = (
    separability.PART,
    activations.PART,
    forward.PART,
    softmax_ce.PART,
    relu_backward.PART,
    updates.PART,
    embeddings.PART,
    train.PART,
)
