"""Read what Canvas gives for 'Download Submissions': a flat zip of files.

``exampleada_LATE_1001_55001_forward-1.py`` is a file: the student's sortable name in small letters,
``LATE`` where Canvas calls it so, the user's number, the upload's number, the file's own name.
``exampleada_1001_text.html`` is a text that was typed into Canvas. Where graders see no names,
``anon_x7Yz2`` stands for name and number. Only the current attempt is in it.

Source: ``lib/content_zipper.rb`` in https://github.com/instructure/canvas-lms.
"""

import re
from dataclasses import dataclass, field, replace

from autograder.classroom.exports.reading import Reading, natural, speak_of_others, submit
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.intake.names import parse_file_name

__all__ = ["count", "read"]

#: A text or an address: no upload's number.
_TYPED = re.compile(
    r"(?:(?P<late_anon>LATE_)?(?P<anon>anon_[^\W_]+)|(?P<name>\w*?)_(?P<late>LATE_)?(?P<user>\d+))"
    r"_(?P<kind>text|link)\.html"
)


@dataclass
class _Submission:
    """The files of one student."""

    name: str
    files: list[Leaf] = field(default_factory=list)
    first: str = ""
    typed: str = ""
    is_late: bool = False


def count(tree: Tree) -> int:
    """Return how many of the entries at the top have Canvas' names."""
    return sum([_parse(leaf.path) is not None for leaf in tree.top_files])


def read(tree: Tree) -> Reading:
    """Return a submission for each student, also for those who only typed a text."""
    found: dict[str, _Submission] = {}
    others = [*tree.top_folders]
    for leaf in tree.top_files:
        parsed = _parse(leaf.path)
        if parsed is None:
            others.append(leaf.path)
            continue
        user, name, is_late, file = parsed
        one = found.setdefault(user, _Submission(name))
        one.is_late |= is_late
        if file:
            one.first = one.first or leaf.path
            one.files.append(replace(leaf, path=file))
        else:
            one.typed = one.typed or leaf.path
    submissions = [_submit(user, found[user]) for user in sorted(found, key=natural)]
    return Reading(tuple(submissions), speak_of_others(others))


def _parse(path: str) -> tuple[str, str, bool, str] | None:
    """Return a file's user, name, whether it is late, and its own name ("" where it was typed)."""
    typed = _TYPED.fullmatch(path)
    if typed is not None:
        is_late = bool(typed["late"] or typed["late_anon"])
        return typed["user"] or typed["anon"], typed["name"] or "", is_late, ""
    found = parse_file_name(path)
    if found is None or found.platform != "Canvas":
        return None
    return found.student, found.name, found.is_late, found.file


def _submit(user: str, one: _Submission) -> Submitted:
    is_anonymous = user.startswith("anon_")
    students = () if is_anonymous else (Student(user, one.name),)
    problem = ""
    if not one.files:
        kind = "an address" if one.typed.endswith("_link.html") else "a text"
        problem = f"{kind} was typed into Canvas, and no file was uploaded: read it yourself"
    name = one.first or one.typed
    return submit(name, one.files, students, row=user, late=one.is_late, problem=problem)
