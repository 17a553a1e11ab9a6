"""Read what Moodle gives for 'Download all submissions': a folder for each, or flat files.

``Ada Example_12345_assignsubmission_file/forward.py`` is a student's file; older sites write one
more underscore, and without folders the file's name follows there. The number is that of the
participant in this assignment. ``_assignsubmission_onlinetext`` is a text that was typed into
Moodle. A team has its own name and number, students without one are ``Default group``. With blind
marking the name is ``Participant``, in the site's language. Only the current attempt is in it.

Source: ``mod/assign/classes/downloader.php`` in https://github.com/moodle/moodle.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit, text_id
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted

__all__ = ["count", "read"]

_NAME = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>file|onlinetext)"
    r"(?:_(?P<file>.*))?",
    re.DOTALL,
)


@dataclass
class _Submission:
    """What one participant or team submitted."""

    name: str
    number: str
    #: The folder, or the first file, as the export calls it.
    first: str
    files: list[Leaf] = field(default_factory=list)
    is_typed: bool = False


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have Moodle's names."""
    names = [*tree.top_folders, *[leaf.path for leaf in tree.top_files]]
    return sum([_NAME.fullmatch(name) is not None for name in names])


def read(tree: Tree) -> Reading:
    """Return a submission for each participant or team, also for those who only typed a text."""
    found: dict[str, _Submission] = {}
    others = []
    for name, leaves in _list_entries(tree):
        match = _NAME.fullmatch(name)
        if match is None:
            others.append(name)
            continue
        who = text_id(match["name"])
        one = found.setdefault(
            match["number"] or who, _Submission(who, match["number"] or "", name)
        )
        if match["kind"] == "onlinetext":
            one.is_typed = True
            continue
        if not one.files:
            one.first = name
        is_flat = len(leaves) == 1 and leaves[0].path == name
        one.files += [replace(leaves[0], path=match["file"] or name)] if is_flat else leaves
    submissions = [_submit(found[key]) for key in sorted(found, key=natural)]
    return Reading(tuple(submissions), speak_of_others(others))


def _list_entries(tree: Tree) -> Iterator[tuple[str, list[Leaf]]]:
    yield from tree.top_folders.items()
    for leaf in tree.top_files:
        yield leaf.path, [leaf]


def _submit(one: _Submission) -> Submitted:
    problem = ""
    if not one.files:
        problem = "there is no file in it"
        if one.is_typed:
            problem = "a text was typed into Moodle, and no file was uploaded: read it yourself"
    student = Student(one.number or one.name, one.name if one.number else "")
    return submit(one.first, one.files, [student], row=one.number, problem=problem)
