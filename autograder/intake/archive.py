"""List a zip's Python files, and read them, whatever someone wrote into its headers.

Only names are taken from the archive, never places: see `autograder.intake.which_files`. Sizes that
it claims are checked before anything is unpacked, and what is unpacked is cut at them.
"""

import io
import os
import stat
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.core.limits import KIB, MIB
from autograder.errors import IntakeError
from autograder.intake.listing import (
    FOLDER,
    LINK,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_NOTEBOOK_BYTES,
    MAX_PASSED_BY,
    NOT_REGULAR,
    File,
    LeftOut,
    Listing,
    shown,
    too_large,
)
from autograder.intake.names import (
    ENVIRONMENT_MARKS,
    is_draft,
    is_ignored,
    is_notebook,
    is_of_environment,
    is_python,
    may_be_notebook,
    plain,
)
from autograder.intake.one_file import (
    HEAD_BYTES,
    is_document,
    open_file,
    sentence_about,
    sentence_about_document,
)

__all__ = ["open_zip"]

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


@contextmanager
def open_zip(path: Path) -> Iterator[Listing]:
    """List the zip at `path`; its files can be read inside the ``with`` block.

    It is an `IntakeError` if it is no zip, or one with too much or strange things in it.
    """
    name = shown(path)
    with _opened(path, name) as handle:
        head = handle.read(HEAD_BYTES)
        try:
            archive = zipfile.ZipFile(handle)
        except IntakeError:
            raise
        except Exception as error:  # on bytes that someone crafted, zipfile raises nearly anything
            reason = shown(error) if str(error) else type(error).__name__
            raise IntakeError(sentence_about(name, head, reason)) from error
        entries = _list_counted(archive.infolist())
        if len(entries) > MAX_ENTRIES:
            raise IntakeError(f"{name} has more than {MAX_ENTRIES} entries: {_ONLY}")
        _refuse_overlaps([entry for entry, _ in entries], name)
        listing = _listing(archive, entries)
        if not (listing.files or listing.notebooks) and is_document(archive.namelist()):
            raise IntakeError(sentence_about_document(name))
        yield listing


_ONLY = "zip the .py files only"


class _Archive(io.BufferedReader):
    """A file of which only so much is read at once, whatever size someone asks for."""

    def read(self, size: int | None = -1, /) -> bytes:
        # No more room is made than there are bytes.
        rest = max(os.fstat(self.fileno()).st_size - self.tell(), 0)
        wanted = min(rest if size is None or size < 0 else size, rest, MAX_DIRECTORY_BYTES + 1)
        content = super().read(wanted)
        if len(content) > MAX_DIRECTORY_BYTES:
            raise IntakeError(
                f"a zip's table of contents may have {MAX_DIRECTORY_BYTES // MIB} MiB, and this"
                f" one has more: {_ONLY}"
            )
        if content.count(_ENTRY) > MAX_PASSED_BY:  # before a record is made of each
            raise IntakeError(f"a zip may have {MAX_PASSED_BY} entries, and this has more: {_ONLY}")
        return content


def _opened(path: Path, name: str) -> _Archive:
    """Open the file at `path` for reading, a regular one of a size that is allowed."""
    handle = _Archive(io.FileIO(open_file(path)))
    size = os.fstat(handle.fileno()).st_size
    if 0 < size <= MAX_ARCHIVE_BYTES:
        return handle
    handle.close()
    if size:
        raise IntakeError(f"{name} is larger than {MAX_ARCHIVE_BYTES // MIB} MiB: {_ONLY}")
    raise IntakeError(f"{name} is empty (0 bytes): zip the .py files again")


def _refuse_overlaps(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse entries that share bytes, by which small archives unpack to large ones."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise IntakeError(
                f"{name} has files that overlap, such as {shown(entry.filename)}:"
                " zip the .py files again"
            )
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def _list_counted(entries: Sequence[zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, str]]:
    """Return the files that are not passed by, each with its path."""
    # Backslashes are how Windows' tools write them.
    written = [(entry, _decoded_name(entry).replace("\\", "/")) for entry in entries]
    counted = [(e, name) for e, name in written if not is_ignored(PurePosixPath(name))]
    marked = frozenset(
        [
            "/".join(parts[:depth])
            for parts in [name.split("/", MAX_DEPTH + 1) for _, name in counted]
            for depth, part in enumerate(parts)
            if part in ENVIRONMENT_MARKS
        ]
    )
    return [
        (entry, name)
        for entry, name in counted
        if not name.endswith("/") and not (marked and _is_in_environment(name, marked))
    ]


def _is_in_environment(name: str, marked: Collection[str]) -> bool:
    """Tell whether a path leads into a Python environment; `marked` are the folders of these."""
    *folders, _ = name.split("/", MAX_DEPTH + 1)
    return any(
        [
            is_of_environment(folder) and "/".join(folders[:depth]) in marked
            for depth, folder in enumerate(folders)
        ]
    )


def _listing(archive: zipfile.ZipFile, entries: Sequence[tuple[zipfile.ZipInfo, str]]) -> Listing:
    files, others, notebooks, drafts, renamed = [], [], [], [], []
    left_out = [LeftOut(f"{folder}", FOLDER) for folder in _find_misnamed(entries)]
    for entry, written in entries:
        path = PurePosixPath(written)
        if not (is_python(path.name) or is_notebook(path.name)):
            others.append(path)
            if is_draft(path.name) and not _reason_to_leave_out(entry, path):
                drafts.append(File(path, partial(_read, archive, entry, MAX_FILE_BYTES)))
            if may_be_notebook(path.name) and not _reason_to_leave_out(entry, path):
                renamed.append(File(path, partial(_read, archive, entry, MAX_NOTEBOOK_BYTES)))
        elif reason := _reason_to_leave_out(entry, path):
            left_out.append(LeftOut(written, reason))
        elif is_python(path.name):
            files.append(File(path, partial(_read, archive, entry, MAX_FILE_BYTES)))
        else:
            notebooks.append(File(path, partial(_read, archive, entry, MAX_NOTEBOOK_BYTES)))
    return Listing(
        tuple(files),
        tuple(left_out),
        tuple(others),
        tuple(notebooks),
        drafts=tuple(drafts),
        renamed=tuple(renamed),
        is_zip=True,
    )


def _find_misnamed(entries: Sequence[tuple[zipfile.ZipInfo, str]]) -> list[PurePosixPath]:
    """Return the folders that have the name of a Python file."""
    around = {PurePosixPath(name).parent for _, name in entries}
    folders = {folder for path in around for folder in (path, *path.parents)[:MAX_DEPTH]}
    return sorted([folder for folder in folders if is_python(folder.name)])


def _decoded_name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name, also where the archive does not say in which encoding it is.

    Some tools write UTF-8 without saying so (macOS), some what the system uses (cp1252); the format
    itself has cp437. The first is recognized; of the other two the one that gives letters is taken.
    """
    name: str = entry.orig_filename
    if entry.flag_bits & _UTF_8 or name.isascii():
        return name
    written = name.encode("cp437", "replace")
    try:
        return written.decode()
    except UnicodeDecodeError:
        other = written.decode("cp1252", "replace")
        return other if _has_letters(other) and not _has_letters(name) else name


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
