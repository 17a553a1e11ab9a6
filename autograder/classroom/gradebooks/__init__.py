"""Give grades and feedback back to the platform, in the files that it takes.

`fill` puts points into a gradebook that the platform itself exported, and changes nothing else;
`name_feedback` says under which name Moodle and Canvas know whose a page is, `wrap_feedback` what
lies there.
"""

from autograder.classroom.gradebooks.feedback import name_feedback, wrap_feedback
from autograder.classroom.gradebooks.filling import Filled, fill

__all__ = ["Filled", "fill", "name_feedback", "wrap_feedback"]
