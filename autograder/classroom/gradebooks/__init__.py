"""Give grades back to the platform, in the file that it takes.

`fill` puts points into a gradebook that the platform itself exported, and changes nothing else.
"""

from autograder.classroom.gradebooks.filling import Filled, fill

__all__ = ["Filled", "fill"]
