"""Read what autograder.io gives for a project: ``ada@x.edu_bob@x.edu-2026-02-03T15:00:00+00:00/``.

A folder is called by the addresses of a group and the time; each submission has one.

Source: ``project_downloads.py`` in https://github.com/eecs-autograder/autograder-server.
"""

import re
from datetime import timezone

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.times import parse_time
from autograder.classroom.exports.tree import Tree
from autograder.classroom.records import Student

__all__ = ["count", "read"]

_NAME = re.compile(
    r"(?P<who>[^/]*@[^/]*)-(?P<at>\d{4}-\d\d-\d\dT\d\d[:_]?\d\d[:_]?\d\d(?:\.\d+)?"
    r"(?:Z|[+-]\d\d[:_]?\d\d))"
)
_EMAIL = re.compile(r"[^@]+@[A-Za-z0-9.-]+")


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have autograder.io's names."""
    return sum([_NAME.fullmatch(name) is not None for name in tree.top_folders])


def read(tree: Tree) -> Reading:
    """Return a submission for each folder: each is an attempt of a group."""
    submissions, others = [], [leaf.path for leaf in tree.top_files]
    for name, leaves in sorted(tree.top_folders.items(), key=lambda named: natural(named[0])):
        match = _NAME.fullmatch(name)
        if match is None:
            others.append(name)
            continue
        emails = [text_id(email.removeprefix("_")) for email in _EMAIL.findall(match["who"])]
        students = [Student(email, email=email) for email in emails]
        at = parse_time(match["at"].replace("_", ":"), without_zone=timezone.utc)
        problem = "" if leaves else "there is no file in it"
        submissions.append(submit(name, leaves, students, submitted=at, problem=problem))
    return Reading(tuple(submissions), speak_of_others(others))
