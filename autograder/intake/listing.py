"""What a folder or a zip holds, before anything of it is read: the records and their limits.

A homework file has a few kilobytes; the limits bound what a stranger can make the grader read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.core.limits import KIB, MIB
from autograder.core.text import list_first, one_line

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
