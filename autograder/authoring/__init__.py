"""All that a rubric imports: what is asked, what is tried, what is drawn."""

from autograder.authoring.language.checks import Check, Examples
from autograder.authoring.language.inputs import (
    Inputs,
    Letter,
    away_from_zero,
    constant,
    drawn_from,
    extreme,
    far_apart_rows,
    labels,
    length,
    one_of,
    probabilities,
    real,
    record,
    with_zeros,
    word_ids,
)
from autograder.authoring.language.pictures import Compiled, Curves, Picture, PictureReference
from autograder.authoring.language.questions import (
    Convention,
    Exam,
    Gradient,
    OpenOrder,
    Part,
    Promise,
    Question,
)
from autograder.errors import RubricError

__all__ = [
    "Check",
    "Compiled",
    "Convention",
    "Curves",
    "Exam",
    "Examples",
    "Gradient",
    "Inputs",
    "Letter",
    "OpenOrder",
    "Part",
    "Picture",
    "PictureReference",
    "Promise",
    "Question",
    "RubricError",
    "away_from_zero",
    "constant",
    "drawn_from",
    "extreme",
    "far_apart_rows",
    "labels",
    "length",
    "one_of",
    "probabilities",
    "real",
    "record",
    "with_zeros",
    "word_ids",
]
