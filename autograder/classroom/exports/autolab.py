"""Read what Autolab gives for a download of all submissions: ``ada@example.edu_3_handin.py``.

That is the address, the version, and the file.

Source: ``app/controllers/submissions_controller.rb`` in https://github.com/autolab/Autolab.
"""

import re
from dataclasses import replace

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.tree import Tree
from autograder.classroom.records import Student

__all__ = ["count", "read"]

_NAME = re.compile(
    r"(?P<email>[^@/\s]+@[A-Za-z0-9.-]+)_(?P<version>\d{1,9})_(?P<file>.+)", re.DOTALL
)


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have Autolab's names."""
    return sum([_NAME.fullmatch(leaf.path) is not None for leaf in tree.top_files])


def read(tree: Tree) -> Reading:
    """Return a submission for each version of each student."""
    submissions, others = [], [*tree.top_folders]
    for leaf in sorted(tree.top_files, key=lambda leaf: natural(leaf.path)):
        match = _NAME.fullmatch(leaf.path)
        if match is None:
            others.append(leaf.path)
            continue
        email = text_id(match["email"])
        file = replace(leaf, path=match["file"])
        student = Student(email, email=email)
        attempt = match["version"]
        submissions.append(submit(leaf.path, [file], [student], row=email, attempt=attempt))
    return Reading(tuple(submissions), speak_of_others(others))
