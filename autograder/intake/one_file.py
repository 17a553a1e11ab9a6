"""Open the one file that someone named, a notebook or what is to be a zip, and say what it is.

A file that is neither has a first few bytes by which it is called by its name, with what to do.
"""

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import (
    MAX_FILE_BYTES,
    MAX_NOTEBOOK_BYTES,
    File,
    Listing,
    shown,
    too_large,
)
from autograder.intake.names import is_notebook, is_python
from autograder.intake.other_content import EXTRACT, first_bytes

__all__ = [
    "HEAD_BYTES",
    "is_document",
    "is_one_file",
    "open_file",
    "open_one_file",
    "sentence_about",
    "sentence_about_document",
    "sentence_about_notebook",
]

#: Not to be waited for, should a pipe take the file's place.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

#: What has to be read to tell; a tar file's mark is at byte 257.
HEAD_BYTES = 512

_UNPACK = "unpack it, and give the folder or a zip of it"
_FILES = "submit the .py files, as a folder or a zip, or the notebook itself (.ipynb)"
_PAGE = "a web page, perhaps the sign-in page in the file's place: download the file again"
_BROKEN = "a zip that is damaged or was cut off: download or zip it again"

#: How Python begins, as a rule.
_PYTHON = (b"import ", b"from ", b"def ", b"#", b'"""')

#: What the first entry of an archive, or some entry, is called in documents that are zips.
_DOCUMENT_ENTRIES = frozenset({"[Content_Types].xml", "mimetype"})


def sentence_about(name: str, head: bytes, reason: str) -> str:
    """Say what to do with a file of these first bytes, which is no zip by that `reason`."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        is_saved = name.lower().endswith((".html", ".htm"))
        return f"{name} is a web page: {_FILES}" if is_saved else f"{name} is {_PAGE}"
    if head.startswith(b"PK\x03\x04"):
        return f"{name} is {_BROKEN} ({reason})"
    what, to_do = first_bytes(head)
    if what:
        return f"{name} is {what}: {_UNPACK if to_do == EXTRACT else _FILES}"
    if text.startswith(_PYTHON):
        return f"{name} is Python under another name: rename it to end in .py"
    if name.lower().endswith((".md", ".tex", ".txt", ".rst", ".doc", ".odt")):
        return f"{name} is text that no grader runs: {_FILES}"
    return (
        f"{name} is neither a folder nor a zip that can be read ({reason}): zip the .py files again"
    )


def is_document(entries: Collection[str]) -> bool:
    """Tell by its entries' names whether a zip is a document of an office program."""
    return not _DOCUMENT_ENTRIES.isdisjoint(entries)


def sentence_about_document(name: str) -> str:
    """Return what is to be said about such a document."""
    return f"{name} is a document of an office program: {_FILES}"


def sentence_about_notebook(name: str, head: bytes) -> str:
    """Say what to do with what is no notebook by its first bytes, only by its name; else empty."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return (
            f"{name} is a web page: submit the notebook itself, not what was saved as HTML or the"
            " sign-in page in its place"
        )
    if head.startswith(b"PK\x03\x04"):
        return f"{name} is a zip under a notebook's name: rename it to end in .zip"
    what, _ = first_bytes(head)
    if what:
        return f"{name} is {what}: submit the notebook itself"
    if text.startswith(_PYTHON):
        return f"{name} is Python under a notebook's name: rename it to end in .py"
    return ""


def open_file(path: Path) -> int:
    """Return a descriptor of the regular file at `path`, for reading.

    It is an `IntakeError` if there is none, or it can't be read.
    """
    name = shown(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening may do something, to a device
            raise IntakeError(f"{name} is neither a folder nor a file: check the path")
        return os.open(path, _READING)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        sentence = f"there is no folder, zip or notebook at {name}: check the path"
        raise IntakeError(sentence) from error
    except OSError as error:
        raise IntakeError(f"{name} can't be read: {error.strerror}") from error


def is_one_file(path: Path) -> bool:
    """Tell whether the file at `path` is read by itself: Python, or a notebook by name or content.

    Anything else is to be a zip.
    """
    if is_notebook(path.name) or is_python(path.name):
        return True
    with os.fdopen(open_file(path), "rb") as handle:
        return handle.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


@contextmanager
def open_one_file(path: Path) -> Iterator[Listing]:
    """List the file at `path` as what a submission holds; an `IntakeError` if there is none."""
    with os.fdopen(open_file(path), "rb") as handle:
        limit = MAX_FILE_BYTES if is_python(path.name) else MAX_NOTEBOOK_BYTES

        def read() -> bytes:
            handle.seek(0)
            content = handle.read(limit + 1)
            if len(content) > limit:
                raise IntakeError(too_large(shown(path), limit))
            return content

        file = File(PurePosixPath(path.name), read)
        if is_python(path.name):
            yield Listing((file,))
        else:
            is_named = is_notebook(path.name)
            yield Listing((), notebooks=(file,) if is_named else (), renamed=(file,))
