"""Read nbgrader's folders: what was collected, or the exchange's own ``inbound``.

``submitted/STUDENT/ASSIGNMENT/`` holds the files and ``timestamp.txt``. In the exchange a folder is
called ``STUDENT+ASSIGNMENT+TIMESTAMP+RANDOM``, and each attempt has one.

Source: ``nbgrader/exchange/default/submit.py`` and ``collect.py`` in
https://github.com/jupyter/nbgrader.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timezone

from autograder.classroom.exports.reading import Reading, natural, submit, text_id
from autograder.classroom.exports.times import parse_time
from autograder.classroom.exports.tree import Leaf, Tree
from autograder.classroom.records import Student, Submitted
from autograder.errors import IntakeError, UsageError
from autograder.intake.listing import listed

__all__ = ["count", "narrow", "read"]

SUBMITTED = "submitted"
_TIME, _SECRET = "timestamp.txt", "submission_secret.txt"

_INBOUND = re.compile(
    r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<at>\d{4}-\d\d-\d\d[^+]*)(?:\+(?P<random>.*))?"
)


def count(tree: Tree) -> int:
    """Return how many of the entries at the top are nbgrader's: all, where one is a sure sign."""
    if SUBMITTED in tree.top_folders and any(_list_collected(tree.enter(SUBMITTED))):
        return len(tree.top_folders) + len(tree.top_files)
    inbound = [name for name in tree.top_folders if _INBOUND.fullmatch(name)]
    return len(inbound) or len({folder for folder, _, leaves in _list_collected(tree) if leaves})


def narrow(tree: Tree, assignment: str) -> Tree:
    """Return the part of a tree that belongs to one of several assignments."""
    below = f"/{assignment}/"
    inbound = f"+{assignment}+"
    files = [f for f in tree.files if below in f"/{f.path}" or inbound in f.path.partition("/")[0]]
    folders = {path for path in tree.folders if below in f"/{path}/" or inbound in path}
    around = {path.partition("/")[0] for path in folders}
    around |= {path.rpartition("/")[0] for path in folders} - {""}
    return replace(tree, files=tuple(files), folders=frozenset(folders | around))


def read(tree: Tree) -> Reading:
    """Return a submission for each student, or for each attempt in the exchange."""
    inner = tree.enter(SUBMITTED) if SUBMITTED in tree.top_folders else tree
    found = [*_list_inbound(inner)]
    if not found:
        collected = [*_list_collected(inner)]
        _refuse_several({assignment for _, assignment, _ in collected}, inner)
        found = [_submit(who, f"{who}/{what}", leaves) for who, what, leaves in collected]
    return Reading(tuple(sorted(found, key=lambda one: natural(one.name))))


def _list_collected(tree: Tree) -> Iterator[tuple[str, str, list[Leaf]]]:
    """Yield student, assignment and files of each folder that has a student's around it."""
    inside: dict[tuple[str, str], list[Leaf]] = {}
    for path in sorted(tree.folders):
        student, slash, assignment = path.partition("/")
        if slash and "/" not in assignment:
            inside[student, assignment] = []
    for leaf in tree.files:
        student, _, rest = leaf.path.partition("/")
        assignment, slash, path = rest.partition("/")
        if slash:
            inside[student, assignment].append(replace(leaf, path=path))
    for (student, assignment), leaves in inside.items():
        if any([leaf.path == _TIME for leaf in leaves]):
            yield student, assignment, leaves


def _list_inbound(tree: Tree) -> Iterator[Submitted]:
    matches = {name: _INBOUND.fullmatch(name) for name in tree.top_folders}
    _refuse_several({match["assignment"] for match in matches.values() if match}, tree)
    for name, match in matches.items():
        if match is not None:
            yield _submit(match["student"], name, tree.top_folders[name], at=match["at"])


def _refuse_several(assignments: set[str], tree: Tree) -> None:
    if len(assignments) > 1:
        first, *_ = sorted(assignments, key=natural)
        raise UsageError(
            f"{tree.name} holds several assignments ({listed(sorted(assignments))}): say which one,"
            f" such as --from nbgrader:{first}"
        )


def _submit(student: str, name: str, leaves: Sequence[Leaf], *, at: str = "") -> Submitted:
    own = [leaf for leaf in leaves if leaf.path not in (_TIME, _SECRET)]
    times = [leaf for leaf in leaves if leaf.path == _TIME]
    who = text_id(student)
    return submit(
        name,
        own,
        [Student(who)],
        row=who,
        submitted=parse_time(at or _read_time(times), without_zone=timezone.utc),
        problem="" if own else "there is no file in it",
    )


def _read_time(times: Sequence[Leaf]) -> str:
    try:
        return times[0].read(1000).decode("utf-8", "replace") if times else ""
    except IntakeError:
        return ""
