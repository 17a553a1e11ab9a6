"""Recognize from which platform an export is: a table, a platform a row.

A platform fits where at least half of what lies at the top has its names. Folders around the
export are looked into. Where none fits, it is what a person put together.
"""

from collections.abc import Callable
from dataclasses import dataclass

from autograder.classroom.exports import canvas, gradescope, moodle, plain
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


PLATFORMS = (
    Platform("gradescope", "Gradescope", gradescope.count, gradescope.read),
    Platform("canvas", "Canvas", canvas.count, canvas.read),
    Platform("moodle", "Moodle", moodle.count, moodle.read),
)

#: What is left.
PLAIN = Platform("plain", "plain folders and files", plain.count, plain.read)


def recognize(tree: Tree, name: str | None = None) -> tuple[Platform, Tree]:
    """Return from which platform an export is, and the part of it that the platform made.

    It is a `UsageError` if `name` is that of no platform, or several fit and none is named.
    """
    known = {platform.name: platform for platform in (*PLATFORMS, PLAIN)}
    if name is not None and name not in known:
        raise UsageError(f"--from {name}: write one of {', '.join(known)}")
    wanted = PLATFORMS if name is None else (known[name],)
    around = _list_around(tree)
    for inner in around:
        fitting = [platform for platform in wanted if _fits(platform, inner)]
        if name is not None and fitting:
            return fitting[0], inner
        if len(fitting) > 1:
            names = " and ".join([platform.title for platform in fitting])
            options = " or ".join([f"--from {platform.name}" for platform in fitting])
            raise UsageError(f"{inner.name} could be from {names}: add {options}")
        if fitting:
            return fitting[0], inner
    if name not in (None, PLAIN.name):
        raise UsageError(
            f"{tree.name} has nothing in it that {known[str(name)].title} names so: leave out"
            f" --from {name}, or give the folder in which the submissions are"
        )
    return PLAIN, _choose_plain(around)


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
