"""Open the one file that someone named, a notebook or what is to be a zip, and say what it is.

A file that is neither has a first few bytes by which it is called by its name, with what to do.
"""

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_NOTEBOOK_BYTES, File, Listing, shown, too_large

__all__ = [
    "HEAD_BYTES",
    "is_document",
    "open_file",
    "open_notebook",
    "sentence_about",
    "sentence_about_document",
    "sentence_about_notebook",
]

#: Not to be waited for, should a pipe take the file's place.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

#: What has to be read to tell; a tar file's mark is at byte 257.
HEAD_BYTES = 512

_UNPACK = "unpack it, and give the folder or a zip of it"
_FILES = "submit the .py files, as a folder or a zip"
_OFFICE = f"a document of an office program: {_FILES}"

#: The first bytes, and what they say.
_KINDS = (
    (b"%PDF-", f"a PDF document: {_FILES}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    (b"{\\rtf", _OFFICE),
    (b"Rar!\x1a\x07", f"a RAR archive: {_UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"a 7z archive: {_UNPACK}"),
    (b"\x1f\x8b", f"a gzip file, such as .tar.gz: {_UNPACK}"),
    (b"BZh", f"a bzip2 file, such as .tar.bz2: {_UNPACK}"),
    (b"\xfd7zXZ\x00", f"an xz file, such as .tar.xz: {_UNPACK}"),
    (b"\x28\xb5\x2f\xfd", f"a zstd file, such as .tar.zst: {_UNPACK}"),
)
_PAGE = "a web page, perhaps the sign-in page in the file's place: download the file again"
_BROKEN = "a zip that is damaged or was cut off: download or zip it again"

#: What the first entry of an archive, or some entry, is called in documents that are zips.
_DOCUMENT_ENTRIES = frozenset({"[Content_Types].xml", "mimetype"})


def sentence_about(name: str, head: bytes, reason: str) -> str:
    """Say what to do with a file of these first bytes, which is no zip by that `reason`."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in _KINDS:
        if head.startswith(mark):
            return f"{name} is {kind}"
    if head[257:262] == b"ustar":
        return f"{name} is a tar archive: {_UNPACK}"
    if text.startswith((b"<!doctype html", b"<html")):
        return f"{name} is {_PAGE}"
    if head.startswith(b"PK\x03\x04"):
        return f"{name} is {_BROKEN} ({reason})"
    return (
        f"{name} is neither a folder nor a zip that can be read ({reason}): zip the .py files again"
    )


def is_document(entries: Collection[str]) -> bool:
    """Tell by its entries' names whether a zip is a document of an office program."""
    return not _DOCUMENT_ENTRIES.isdisjoint(entries)


def sentence_about_document(name: str) -> str:
    """Return what is to be said about such a document."""
    return f"{name} is {_OFFICE}"


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
    for mark, kind in _KINDS:
        if head.startswith(mark):
            return f"{name} is {kind.partition(':')[0]}: submit the notebook itself"
    if text.startswith((b"import ", b"from ", b"def ", b"#")):
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
        if path.suffix.lower() == ".py":
            raise IntakeError(
                f"{name} is one file: give the folder that it is in, {shown(path.parent)}"
            )
        return os.open(path, _READING)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        sentence = f"there is no folder, zip or notebook at {name}: check the path"
        raise IntakeError(sentence) from error
    except OSError as error:
        raise IntakeError(f"{name} can't be read: {error.strerror}") from error


@contextmanager
def open_notebook(path: Path) -> Iterator[Listing]:
    """List the notebook at `path` as what a submission holds; an `IntakeError` if there is none."""
    with os.fdopen(open_file(path), "rb") as handle:

        def read() -> bytes:
            content = handle.read(MAX_NOTEBOOK_BYTES + 1)
            if len(content) > MAX_NOTEBOOK_BYTES:
                raise IntakeError(too_large(shown(path), MAX_NOTEBOOK_BYTES))
            return content

        yield Listing((), notebooks=(File(PurePosixPath(path.name), read),))
