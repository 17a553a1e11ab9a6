"""What a folder or a zip holds, before anything of it is read: the records and their limits.

A homework file has a few kilobytes; the limits bound what a stranger can make the grader read.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Protocol, TypeVar

from autograder.core.limits import KIB, MIB
from autograder.core.text import list_first, one_line
from autograder.intake.names import (
    ENVIRONMENT_MARKS,
    is_draft,
    is_ignored,
    is_notebook,
    is_of_environment,
    is_python,
    may_be_notebook,
)

__all__ = [
    "FOLDER",
    "LINK",
    "MAX_DEPTH",
    "MAX_ENTRIES",
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_NOTEBOOK_BYTES",
    "MAX_PASSED_BY",
    "MAX_TOTAL_BYTES",
    "NOT_REGULAR",
    "File",
    "LeftOut",
    "Listing",
    "Member",
    "drop_passed_by",
    "list_members",
    "listed",
    "shown",
    "too_large",
]

#: One Python file, and all that are taken together.
MAX_FILE_BYTES = MIB
MAX_TOTAL_BYTES = 8 * MIB

#: One notebook, with its outputs: ten times what a few dozen plots take. Read, it takes four times
#: as much memory at worst.
MAX_NOTEBOOK_BYTES = 64 * MIB

#: Python files that are taken, and files and folders of any kind that are listed.
MAX_FILES = 100
MAX_ENTRIES = 5000

#: What is passed by at most, such as a Python environment, which counts for nothing else: a large
#: one has 60,000 files. In a zip this takes a second and 80 MiB.
MAX_PASSED_BY = 100_000

#: Folders around a file.
MAX_DEPTH = 8

#: A name or a path in a sentence, in characters.
MAX_SHOWN = 200


@dataclass(frozen=True)
class File:
    """A Python file or a notebook: its path inside the submission, and what returns its content.

    Reading it may raise an `IntakeError`.
    """

    path: PurePosixPath
    read: Callable[[], bytes]


@dataclass(frozen=True)
class LeftOut:
    """Something that is not looked at, and why: a half sentence."""

    name: str
    reason: str


#: What is no file, as a half sentence.
FOLDER = "it is a folder: rename it, and save the file under this name"
LINK = "it is a link, and links are not followed: submit the file that it leads to"
NOT_REGULAR = "it is not a regular file: save it again"


@dataclass(frozen=True)
class Listing:
    """What a submission holds."""

    #: Of Python; two may have one path, in a zip.
    files: tuple[File, ...]
    #: Python files, folders and links that can't be taken.
    left_out: tuple[LeftOut, ...] = ()
    #: Files of other kinds than Python and notebooks.
    others: tuple[PurePosixPath, ...] = ()
    notebooks: tuple[File, ...] = ()
    #: Those of the others that may be Python under another ending.
    drafts: tuple[File, ...] = ()
    #: Whether it is a zip: what can't be read there may be the zip's fault.
    is_zip: bool = False
    #: Those of the others that may be a notebook under another ending, or none.
    renamed: tuple[File, ...] = ()


class Member(Protocol):
    """A file of something that was listed as a whole, such as a zip."""

    @property
    def path(self) -> str:
        """The path, with slashes; that of a folder ends in one."""

    @property
    def problem(self) -> str:
        """Why it can't be a student's file, as a half sentence; empty where it can."""

    def read(self, limit: int) -> bytes:
        """Return its content, or raise an `IntakeError` where it has more than `limit` bytes."""


_Member = TypeVar("_Member", bound=Member)


def drop_passed_by(members: Iterable[_Member]) -> list[_Member]:
    """Return the members that a student may have written, and folders."""
    counted = [one for one in members if not is_ignored(PurePosixPath(one.path))]
    marked = frozenset(
        [
            "/".join(parts[:depth])
            for parts in [one.path.split("/", MAX_DEPTH + 1) for one in counted]
            for depth, part in enumerate(parts)
            if part in ENVIRONMENT_MARKS
        ]
    )
    return [one for one in counted if not (marked and _is_in_environment(one.path, marked))]


def _is_in_environment(name: str, marked: Collection[str]) -> bool:
    """Tell whether a path leads into a Python environment; `marked` are the folders of these."""
    *folders, _ = name.split("/", MAX_DEPTH + 1)
    return any(
        [
            is_of_environment(folder) and "/".join(folders[:depth]) in marked
            for depth, folder in enumerate(folders)
        ]
    )


def list_members(members: Sequence[Member], *, is_zip: bool) -> Listing:
    """Sort what was listed as a whole, without folders, by what its names say that it is."""
    files, others, notebooks, drafts, renamed = [], [], [], [], []
    left_out = [LeftOut(f"{folder}", FOLDER) for folder in _find_misnamed(members)]
    for member in members:
        path = PurePosixPath(member.path)
        if not (is_python(path.name) or is_notebook(path.name)):
            others.append(path)
            if is_draft(path.name) and not member.problem:
                drafts.append(File(path, partial(member.read, MAX_FILE_BYTES)))
            if may_be_notebook(path.name) and not member.problem:
                renamed.append(File(path, partial(member.read, MAX_NOTEBOOK_BYTES)))
        elif member.problem:
            left_out.append(LeftOut(member.path, member.problem))
        elif is_python(path.name):
            files.append(File(path, partial(member.read, MAX_FILE_BYTES)))
        else:
            notebooks.append(File(path, partial(member.read, MAX_NOTEBOOK_BYTES)))
    return Listing(
        tuple(files),
        tuple(left_out),
        tuple(others),
        tuple(notebooks),
        drafts=tuple(drafts),
        renamed=tuple(renamed),
        is_zip=is_zip,
    )


def _find_misnamed(members: Sequence[Member]) -> list[PurePosixPath]:
    """Return the folders that have the name of a Python file."""
    around = {PurePosixPath(one.path).parent for one in members}
    folders = {folder for path in around for folder in (path, *path.parents[: MAX_DEPTH - 1])}
    return sorted([folder for folder in folders if is_python(folder.name)])


def shown(name: object) -> str:
    """Return a name or a path as a sentence may hold it: clean, on one line, cut."""
    return one_line(str(name), limit=MAX_SHOWN) or "(a name without a letter)"


def listed(names: Iterable[object]) -> str:
    """Return the first names, and how many more there are."""
    return list_first([shown(name) for name in names])


def too_large(name: str, limit: int) -> str:
    """Return what is to be said about a file of more than `limit` bytes."""
    if limit == MAX_FILE_BYTES:
        return f"{name} is larger than {limit // KIB} KiB: is it the right file?"
    return (
        f"{name} is larger than {limit // MIB} MiB: clear the outputs of all cells in your editor,"
        " and save it again"
    )
