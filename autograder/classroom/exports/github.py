"""Read repositories that a classroom on GitHub made: ``<assignment>-<login>``, a folder for each.

GitHub Classroom has ``classroom_roster.csv`` with the school's own id for each login. Classroom 50
has ``students.csv``, and ``scores.json`` with the members of groups. Where neither is, repositories
are known by their ``.git``.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.rosters import Roster, parse_roster
from autograder.classroom.exports.tables import MAX_TABLE_BYTES
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.errors import IntakeError

__all__ = ["count", "is_classroom", "is_classroom50", "read"]

ROSTER, STUDENTS, SCORES = "classroom_roster.csv", "students.csv", "scores.json"


def count(tree: Tree) -> int:
    """Return how many of the entries at the top may be such repositories, or lists of them."""
    lists = len([leaf for leaf in tree.top_files if leaf.path in (ROSTER, STUDENTS, SCORES)])
    return lists + len([name for name in tree.top_folders if "-" in name])


def is_classroom(tree: Tree) -> bool:
    """Tell whether it is of GitHub Classroom, by more than names."""
    is_other = is_classroom50(tree) and tree.find(ROSTER) is None
    return tree.find(ROSTER) is not None or (
        not is_other and bool(tree.marked & {*tree.top_folders})
    )


def is_classroom50(tree: Tree) -> bool:
    """Tell whether it is of Classroom 50, by more than names."""
    return tree.find(STUDENTS) is not None or tree.find(SCORES) is not None


def read(tree: Tree) -> Reading:
    """Return a submission for each repository."""
    roster, remarks = _read_roster(tree)
    groups = _read_groups(tree)
    names = [*tree.top_folders]
    prefix = _find_prefix(names)
    submissions = [
        _submit(name, _find_login(name, prefix, roster), tree.top_folders[name], roster, groups)
        for name in sorted(names, key=natural)
    ]
    others = [f.path for f in tree.top_files if f.path not in (ROSTER, STUDENTS, SCORES)]
    remarks += speak_of_others(others)
    return Reading(tuple(submissions), tuple(remarks))


def _read_roster(tree: Tree) -> tuple[Roster, list[str]]:
    leaf = tree.find(ROSTER) or tree.find(STUDENTS)
    if leaf is None:
        return Roster(()), []
    try:
        return parse_roster(leaf.path, leaf.read(MAX_TABLE_BYTES)), []
    except IntakeError as error:
        return Roster(()), [f"{error}."]


def _read_groups(tree: Tree) -> Mapping[str, Sequence[str]]:
    """Return the logins of a group's members, by that of its owner."""
    leaf = tree.find(SCORES)
    try:
        scores: Any = json.loads(leaf.read(MAX_TABLE_BYTES)) if leaf else {}
        assignments = scores["assignments"].values()
        entries = [entry for one in assignments for entry in one["entries"]]
        return {
            str(entry["owner"]).casefold(): [str(name) for name in entry["member_usernames"]]
            for entry in entries
            if entry.get("member_usernames")
        }
    except (IntakeError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _find_prefix(names: Sequence[str]) -> str:
    """Return the words with hyphens with which all names begin; none of a single name."""
    same = []
    for words in zip(*[name.split("-")[:-1] for name in names], strict=False):
        if len({*words}) > 1 or len(names) < 2:
            break
        same.append(words[0])
    return "-".join(same)


def _find_login(name: str, prefix: str, roster: Roster) -> str:
    """Return the login at the end of a repository's name, which may have hyphens, too."""
    parts = name.split("-")
    for first in range(1, len(parts)):
        login = "-".join(parts[first:])
        if roster.find(Student(login)) is not None:
            return login
    return name.removeprefix(f"{prefix}-") if prefix else name.rpartition("-")[2]


def _submit(
    name: str,
    login: str,
    leaves: Sequence[Leaf],
    roster: Roster,
    groups: Mapping[str, Sequence[str]],
) -> Submitted:
    members = [text_id(one) for one in groups.get(login.casefold(), [login])]
    students = [roster.find(Student(member)) or Student(member) for member in members]
    problem = "" if leaves else "there is no file in it"
    return submit(name, leaves, dict.fromkeys(students), row=login, problem=problem)
