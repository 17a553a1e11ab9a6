"""Read what Blackboard gives for 'Assignment File Download': a flat zip of all attempts.

``HW 1_ada01_attempt_2026-02-20-00-35-07_forward.py`` is a file. For each attempt there is a text,
``HW 1_ada01_attempt_2026-02-20-00-35-07.txt``, with the student's name, the time with its zone, and
what was typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.times import parse_time
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.core.limits import MIB
from autograder.errors import IntakeError

__all__ = ["count", "read"]

_NAME = re.compile(
    r"(?P<attempt>(?P<assignment>.+?)_(?P<user>[^_]+)_attempt_"
    r"(?P<at>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d))(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_WHO = re.compile(r"(?P<name>.*)\((?P<user>[^()]+)\)")

#: Lines of an attempt's text that are looked at; what the student typed follows.
_HEAD_LINES = 6


@dataclass
class _Attempt:
    """The files of one attempt, and what its own text says."""

    user: str
    at: str
    files: list[Leaf] = field(default_factory=list)
    head: Mapping[str, str] = field(default_factory=dict)


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have Blackboard's names."""
    return sum([_NAME.fullmatch(leaf.path) is not None for leaf in tree.top_files])


def read(tree: Tree) -> Reading:
    """Return a submission for each attempt of each student."""
    attempts: dict[str, _Attempt] = {}
    others = [*tree.top_folders]
    for leaf in tree.top_files:
        match = _NAME.fullmatch(leaf.path)
        if match is None:
            others.append(leaf.path)
            continue
        one = attempts.setdefault(match["attempt"], _Attempt(match["user"], match["at"]))
        if match["file"]:
            one.files.append(replace(leaf, path=match["file"]))
        else:
            one.head = _read_head(leaf)
    submissions = [_submit(name, attempts[name]) for name in sorted(attempts, key=natural)]
    remarks = [*speak_of_others(others)]
    if any([parse_time(one.head.get("Date Submitted", "")) is None
            for one in attempts.values()]):  # fmt: skip
        remarks.append(
            "Some times have no zone: they are taken in this machine's (TZ=Area/City changes it)."
        )
    return Reading(tuple(submissions), tuple(remarks))


def _read_head(leaf: Leaf) -> dict[str, str]:
    """Return the first lines of an attempt's text, such as ``Name: Ada Example (ada01)``."""
    try:
        text = leaf.read(MIB).decode("utf-8", "replace")
    except IntakeError:
        return {}
    lines = [line.partition(":") for line in text.lstrip("\ufeff").splitlines()[:_HEAD_LINES]]
    head: dict[str, str] = {}
    for name, colon, value in lines:
        if colon and name not in ("Submission Field", "Comments"):
            head.setdefault(name.strip(), value.strip())
    return head


def _submit(name: str, one: _Attempt) -> Submitted:
    who = _WHO.fullmatch(one.head.get("Name", ""))
    # Where a user's name has an underscore, only the text says where it begins.
    is_same = who is not None and name.endswith(f"_{who['user']}_attempt_{one.at}")
    user = text_id(who["user"] if who is not None and is_same else one.user)
    real = text_id(who["name"]) if who is not None and is_same else ""
    submitted = parse_time(one.head.get("Date Submitted", ""))
    return submit(
        name,
        one.files,
        [Student(user, real)],
        row=user,
        attempt=one.at,
        submitted=submitted or parse_time(one.at),
        problem="" if one.files else "no file was uploaded: read what was typed into Blackboard",
    )
