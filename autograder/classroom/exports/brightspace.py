"""Read what Brightspace gives for a download of submissions: a folder for each attempt.

``397063-2557369 - Ada Example - Sep 24, 2026 926 PM`` is a folder: the student's number and the
submission's, the name, the time without colon and zone. ``index.html`` lies beside.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.times import parse_time
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.intake.listing import listed

__all__ = ["count", "read"]

INDEX = "index.html"

_NAME = re.compile(
    r"(?P<user>\d+)-(?P<number>\d+) - (?P<name>.+?) - "
    r"(?P<at>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{1,2}[:_.]?\d\d [AP]M)",
    re.DOTALL,
)


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have Brightspace's names."""
    folders = sum([_NAME.fullmatch(name) is not None for name in tree.top_folders])
    return folders + (1 if folders and tree.find(INDEX) else 0)


def read(tree: Tree) -> Reading:
    """Return a submission for each folder: each is an attempt."""
    submissions, others = [], [f.path for f in tree.top_files if f.path != INDEX]
    for name, leaves in tree.top_folders.items():
        match = _NAME.fullmatch(name)
        if match is None:
            others.append(name)
        else:
            submissions.append(_submit(name, match, leaves))
    remarks = [
        "Brightspace writes times without a zone: they are taken in this machine's (TZ=Area/City"
        " changes it)."
    ]
    remarks += speak_of_others(others)
    ordered = sorted(submissions, key=lambda one: natural(one.name))
    return Reading(tuple(ordered), (*remarks, *_speak_of_names(ordered)))


def _submit(name: str, match: re.Match[str], leaves: Sequence[Leaf]) -> Submitted:
    problem = "" if leaves else "there is no file in it"
    student = Student(match["user"], text_id(match["name"]))
    return submit(
        name,
        leaves,
        [student],
        row=match["user"],
        attempt=match["at"],
        submitted=_read_time(match["at"]),
        problem=problem,
    )


def _read_time(text: str) -> datetime | None:
    return parse_time(text.replace("_", ":"))


def _speak_of_names(submissions: Sequence[Submitted]) -> list[str]:
    """Say which students have one name and several numbers."""
    numbers: dict[str, set[str]] = {}
    for one in submissions:
        numbers.setdefault(one.students[0].name, set()).add(one.row)
    return [
        f"{name} has several numbers ({listed(sorted(some))}): are they one student?"
        for name, some in sorted(numbers.items())
        if len(some) > 1
    ]
