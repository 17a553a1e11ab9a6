"""Give grades and feedback back to the platform, in the files that it takes.

`fill` puts points into a gradebook that the platform itself exported, and changes nothing else;
`pack_feedback` makes a zip of pages under the names by which Moodle and Canvas know whose they are.
"""

from autograder.classroom.gradebooks.feedback import name_feedback, pack_feedback
from autograder.classroom.gradebooks.filling import Filled, fill

__all__ = ["Filled", "fill", "name_feedback", "pack_feedback"]
