"""List a zip's Python files, and read them, whatever someone wrote into its headers.

Only names are taken from the archive, never places: see `autograder.intake.which_files`. Sizes that
it claims are checked before anything is unpacked, and what is unpacked is cut at them.
"""

import io
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.core.limits import KIB, MIB
from autograder.errors import IntakeError
from autograder.intake.listing import (
    LINK,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_PASSED_BY,
    NOT_REGULAR,
    Listing,
    drop_passed_by,
    list_members,
    shown,
    too_large,
)
from autograder.intake.names import plain
from autograder.intake.one_file import (
    HEAD_BYTES,
    is_document,
    open_file,
    sentence_about,
    sentence_about_document,
)

__all__ = ["Bounds", "ZipMember", "list_submission", "list_zip", "open_zip"]

#: Far above the platforms' limits for an upload. Of what is passed by, nothing is read.
MAX_ARCHIVE_BYTES = 2048 * MIB

#: The table of contents; `MAX_PASSED_BY` entries with long names stay below. Also the most that is
#: read at once, whatever sizes the archive claims.
MAX_DIRECTORY_BYTES = 16 * MIB

#: What an entry of the table of contents begins with.
_ENTRY = b"PK\x01\x02"

#: How many times its packed size a file of more than `RATIO_BYTES` may have. Python shrinks to a
#: third or a tenth; a file of one letter to a thousandth, the most that deflate can do.
MAX_RATIO = 100
RATIO_BYTES = 64 * KIB

#: Methods that unpack in bounded memory, and that every system's own tool uses.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OTHER_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"}

_ENCRYPTED, _UTF_8 = 0x1, 0x800
_LOCAL_HEADER_BYTES = 30


@dataclass(frozen=True)
class Bounds:
    """What a zip may have at most, and what to do about one that has more: a half sentence."""

    archive_bytes: int
    directory_bytes: int
    entries: int
    advice: str


_ONLY = "zip the .py files only"


@contextmanager
def open_zip(path: Path) -> Iterator[Listing]:
    """List the zip at `path`; its files can be read inside the ``with`` block.

    It is an `IntakeError` if it is no zip, or one with too much or strange things in it.
    """
    with os.fdopen(open_file(path), "rb") as handle:
        yield list_submission(handle, shown(path))


def list_submission(handle: IO[bytes], name: str) -> Listing:
    """List the zip of one submission, a file that is open for reading and is called `name`."""
    bounds = Bounds(MAX_ARCHIVE_BYTES, MAX_DIRECTORY_BYTES, MAX_PASSED_BY, _ONLY)
    every = list_zip(handle.fileno(), name, bounds)
    members = drop_passed_by(every)
    files = [member for member in members if not member.path.endswith("/")]
    if len(members) > MAX_ENTRIES:
        raise IntakeError(f"{name} has more than {MAX_ENTRIES} entries: {_ONLY}")
    _refuse_overlaps(files, name)
    listing = list_members(files, is_zip=True)
    if not (listing.files or listing.notebooks) and is_document([one.path for one in every]):
        raise IntakeError(sentence_about_document(name))
    return listing


def list_zip(descriptor: int, name: str, bounds: Bounds) -> "list[ZipMember]":
    """Return every entry of a zip that is open for reading, as long as it stays open.

    It is an `IntakeError` if it is no zip, or has more than its bounds.
    """
    handle = _Archive(descriptor, name, bounds)
    head = handle.read(HEAD_BYTES)
    try:
        archive = zipfile.ZipFile(handle)
    except IntakeError:
        raise
    except Exception as error:  # on bytes that someone crafted, zipfile raises nearly anything
        reason = shown(error) if str(error) else type(error).__name__
        raise IntakeError(sentence_about(name, head, reason)) from error
    return [ZipMember(_decode_name(entry), archive, entry) for entry in archive.infolist()]


class _Archive(io.BufferedReader):
    """A file of which only so much is read at once, whatever size someone asks for."""

    def __init__(self, descriptor: int, name: str, bounds: Bounds) -> None:
        super().__init__(io.FileIO(descriptor, closefd=False))
        self.bounds = bounds
        self.size = os.fstat(descriptor).st_size
        if self.size > bounds.archive_bytes:
            limit = bounds.archive_bytes // MIB
            raise IntakeError(f"{name} is larger than {limit} MiB: {bounds.advice}")
        if not self.size:
            raise IntakeError(f"{name} is empty (0 bytes): zip the .py files again")

    def read(self, size: int | None = -1, /) -> bytes:
        # No more room is made than there are bytes.
        rest = max(self.size - self.tell(), 0)
        most = self.bounds.directory_bytes
        content = super().read(min(rest if size is None or size < 0 else size, rest, most + 1))
        if len(content) > most:
            raise IntakeError(
                f"a zip's table of contents may have {most // MIB} MiB, and this one has more:"
                f" {self.bounds.advice}"
            )
        if content.count(_ENTRY) > self.bounds.entries:  # before a record is made of each
            raise IntakeError(
                f"a zip may have {self.bounds.entries} entries, and this has more:"
                f" {self.bounds.advice}"
            )
        return content


@dataclass(frozen=True, slots=True)
class ZipMember:
    """An entry of a zip, by its path; that of a folder ends in a slash."""

    path: str
    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    @property
    def problem(self) -> str:
        """Why it can't be a student's file, as a half sentence; empty where it can."""
        return _reason_to_leave_out(self.entry, PurePosixPath(self.path))

    def read(self, limit: int) -> bytes:
        """Return its content, or raise an `IntakeError` where it has more than `limit` bytes."""
        return _read(self.archive, self.entry, limit)

    def open(self, limit: int) -> IO[bytes]:
        """Return it opened, or raise an `IntakeError` where it claims more than `limit` bytes.

        Reading it may raise nearly anything.
        """
        name = shown(self.entry.filename)
        _refuse_unreadable(self.entry, name, limit)
        try:
            return self.archive.open(self.entry)
        except Exception as error:  # as above
            raise IntakeError(f"{name} in the zip can't be read: {shown(error)}") from error


def _refuse_overlaps(members: Sequence[ZipMember], name: str) -> None:
    """Refuse entries that share bytes, by which small archives unpack to large ones."""
    end = 0
    entries = [member.entry for member in members]
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise IntakeError(
                f"{name} has files that overlap, such as {shown(entry.filename)}:"
                " zip the .py files again"
            )
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def _decode_name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's path, also where the archive does not say in which encoding it is.

    Backslashes are how Windows' tools write slashes.

    Some tools write UTF-8 without saying so (macOS), some what the system uses (cp1252); the format
    itself has cp437. The first is recognized; of the other two the one that gives letters is taken.
    """
    name: str = entry.orig_filename
    if not (entry.flag_bits & _UTF_8 or name.isascii()):
        written = name.encode("cp437", "replace")
        try:
            name = written.decode()
        except UnicodeDecodeError:
            other = written.decode("cp1252", "replace")
            name = other if _has_letters(other) and not _has_letters(name) else name
    return name.replace("\\", "/")


def _has_letters(name: str) -> bool:
    return all([c.isascii() or c.isalpha() for c in name])


def _reason_to_leave_out(entry: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Return why an entry can't be a student's file, empty where it can."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in (0, stat.S_IFREG):
        return NOT_REGULAR
    if path.is_absolute() or ".." in path.parts or plain(path.parts[0]).endswith(":"):
        return "its path leads out of the zip: zip the .py files again"
    if len(path.parts) - 1 > MAX_DEPTH:
        return f"it is in more than {MAX_DEPTH} folders"
    return ""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    name = shown(entry.filename)
    _refuse_unreadable(entry, name, limit)
    try:
        with archive.open(entry) as member:
            return member.read(limit + 1)
    except Exception as error:  # as above
        reason = shown(error) if str(error) else type(error).__name__
        raise IntakeError(
            f"{name} in the zip can't be read: {reason}; zip the .py files again"
        ) from error


def _refuse_unreadable(entry: zipfile.ZipInfo, name: str, limit: int) -> None:
    """Refuse what would take too much, by what the archive says; `_read` holds it to that."""
    if entry.flag_bits & _ENCRYPTED:
        raise IntakeError(
            f"{name} in the zip can't be read: it is encrypted;"
            " zip the .py files without a password"
        )
    if entry.compress_type not in METHODS:
        method = _OTHER_METHODS.get(entry.compress_type, f"number {entry.compress_type}")
        raise IntakeError(
            f"{name} in the zip can't be read: it is packed by another method ({method}) than"
            " usual; zip the .py files with your system's own tool"
        )
    if entry.file_size > limit:
        raise IntakeError(too_large(name, limit))
    # What a notebook prints again and again packs well; its own limit holds.
    if limit == MAX_FILE_BYTES and entry.file_size > max(
        RATIO_BYTES, MAX_RATIO * entry.compress_size
    ):
        raise IntakeError(
            f"{name} in the zip unpacks to more than {MAX_RATIO} times its size"
            f" ({entry.file_size // KIB} KiB): is it the right file?"
        )
