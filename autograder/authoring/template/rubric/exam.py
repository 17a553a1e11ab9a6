"""The exam on one page: its parts in order, each with its questions, and what they are worth."""

from autograder.authoring import Exam, Letter, Part
from rubric.averages import center, mean

__all__ = ["EXAM"]

# A part is one file of the students'. The third word is the section of your lecture notes, "2.1":
# messages then say 'notes section 2.1'.
EXAM = Exam(
    Part("averages", "Averages", "", mean, center, points=100),
    # What the letters of shapes count, and the lengths they are drawn from.
    letters={"n": Letter("items", (2, 3, 4)), "p": Letter("features", (2, 3))},
)
