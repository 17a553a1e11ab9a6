"""Recognize from which platform an export is: a table, a platform a row.

A platform fits where at least half of what lies at the top has its names. Folders around the
export are looked into. Where none fits, it is what a person put together.
"""

from collections.abc import Callable
from dataclasses import dataclass

from autograder.classroom.exports import (
    autograder_io,
    autolab,
    blackboard,
    brightspace,
    canvas,
    github,
    gradescope,
    moodle,
    nbgrader,
    plain,
)
from autograder.classroom.exports.reading import Reading
from autograder.classroom.exports.tree import Tree
from autograder.errors import UsageError

__all__ = ["PLATFORMS", "Platform", "recognize"]

#: Folders around an export that are looked into.
MAX_AROUND = 4


@dataclass(frozen=True)
class Platform:
    """A platform: what ``--from`` calls it and what it is called, and its module."""

    name: str
    title: str
    #: How many of the entries at the top of a tree have its names.
    count: Callable[[Tree], int]
    read: Callable[[Tree], Reading]
    #: Whether more than names says so, where people use such names, too.
    is_marked: Callable[[Tree], bool] = lambda tree: True
    #: Take the part of one assignment, where an export has several: ``--from NAME:ASSIGNMENT``.
    narrow: Callable[[Tree, str], Tree] = lambda tree, assignment: tree


PLATFORMS = (
    Platform("gradescope", "Gradescope", gradescope.count, gradescope.read),
    Platform("canvas", "Canvas", canvas.count, canvas.read),
    Platform("moodle", "Moodle", moodle.count, moodle.read),
    Platform("nbgrader", "nbgrader", nbgrader.count, nbgrader.read, narrow=nbgrader.narrow),
    Platform("blackboard", "Blackboard", blackboard.count, blackboard.read),
    Platform("brightspace", "Brightspace", brightspace.count, brightspace.read),
    Platform("github", "GitHub Classroom", github.count, github.read, github.is_classroom),
    Platform("classroom50", "Classroom 50", github.count, github.read, github.is_classroom50),
    Platform("autolab", "Autolab", autolab.count, autolab.read),
    Platform("autograder.io", "autograder.io", autograder_io.count, autograder_io.read),
)

#: What is left.
PLAIN = Platform("plain", "plain folders and files", plain.count, plain.read)


def recognize(tree: Tree, name: str | None = None) -> tuple[Platform, Tree]:
    """Return from which platform an export is, and the part of it that the platform made.

    It is a `UsageError` if `name` is that of no platform, or several fit and none is named.
    """
    around = _list_around(tree)
    if name is not None:
        return _find_named(name, around)
    for inner in around:
        fitting = [one for one in PLATFORMS if _fits(one, inner) and one.is_marked(inner)]
        if len(fitting) > 1:
            names = " and ".join([platform.title for platform in fitting])
            options = " or ".join([f"--from {platform.name}" for platform in fitting])
            raise UsageError(f"{inner.name} could be from {names}: add {options}")
        if fitting:
            return fitting[0], inner
    return PLAIN, _choose_plain(around)


def _find_named(name: str, around: list[Tree]) -> tuple[Platform, Tree]:
    known = {platform.name: platform for platform in (*PLATFORMS, PLAIN)}
    platform, _, assignment = name.partition(":")
    if platform not in known:
        raise UsageError(f"--from {name}: write one of {', '.join(known)}")
    chosen = known[platform]
    if chosen is PLAIN:
        return PLAIN, _choose_plain(around)
    for inner in around:
        part = chosen.narrow(inner, assignment) if assignment else inner
        if _fits(chosen, part):
            return chosen, part
    raise UsageError(
        f"{around[0].name} has nothing in it that {chosen.title} calls so: leave out --from {name},"
        " or give the folder in which the submissions are"
    )


def _list_around(tree: Tree) -> list[Tree]:
    """Return the tree, and what is in it where it has one folder and nothing else."""
    around = [tree]
    while len(around) <= MAX_AROUND and not around[-1].top_files:
        folders = [*around[-1].top_folders]
        if len(folders) != 1:
            break
        around.append(around[-1].enter(folders[0]))
    return around


def _fits(platform: Platform, tree: Tree) -> bool:
    found = platform.count(tree)
    return found > 0 and 2 * found >= len(tree.top_folders) + len(tree.top_files)


def _choose_plain(around: list[Tree]) -> Tree:
    """Return the folder in which the students' are: a student's own holds files."""
    *outer, last = around
    return outer[-1] if outer and last.top_files and not last.top_folders else last
