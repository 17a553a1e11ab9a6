"""From the export of any platform to one record for each submission.

Data flows one way: `tree` (what lies on the disk), `platforms` (which platform it is), a platform's
own module (whose files are whose), `classes` (roster, attempts), and, when a submission is graded,
`content` (its files).
"""

from autograder.classroom.exports.classes import COUNTS, Class, read_class

__all__ = ["COUNTS", "Class", "read_class"]
