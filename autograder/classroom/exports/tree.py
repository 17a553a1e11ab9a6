"""An export as it lies on the disk, a folder or a zip: each file by its path, read when needed.

A zip is never unpacked as a whole. What stays in memory is its table of contents.
"""

import os
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.core.limits import MIB
from autograder.errors import IntakeError, UsageError
from autograder.intake.archive import Bounds, ZipMember, list_zip
from autograder.intake.listing import LINK, MAX_DEPTH, NOT_REGULAR, shown, too_large
from autograder.intake.names import is_ignored, plain
from autograder.intake.one_file import HEAD_BYTES, open_file

__all__ = ["FileOnDisk", "Leaf", "Tree", "open_tree"]

#: An export of 100,000 submissions with ten files each; its table of contents takes 700 MiB.
MAX_ENTRIES = 1_000_000

#: A class's notebooks with their plots come to a few GiB.
BOUNDS = Bounds(
    archive_bytes=256 * 1024 * MIB,
    directory_bytes=256 * MIB,
    entries=MAX_ENTRIES,
    advice="unpack it, and give a folder with a part of the submissions",
)

#: Folders around a file: those of a submission, and those of an export.
MAX_EXPORT_DEPTH = MAX_DEPTH + 4

#: What a platform or a program leaves in a folder, by which the folder is known.
MARKS = (".git",)


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """A file of an export that is a folder."""

    path: str
    place: Path
    problem: str = ""

    def open(self, limit: int) -> IO[bytes]:
        """Return the open file, or raise an `IntakeError` where it has more than `limit` bytes."""
        if self.problem:
            raise IntakeError(f"{shown(self.path)} can't be read: {self.problem}")
        handle = os.fdopen(open_file(self.place), "rb")
        if os.fstat(handle.fileno()).st_size > limit:
            handle.close()
            raise IntakeError(too_large(shown(self.path), limit))
        return handle

    def read(self, limit: int) -> bytes:
        """Return its content, or raise an `IntakeError` where it has more than `limit` bytes."""
        try:
            with self.open(limit) as handle:
                return handle.read(limit)
        except OSError as error:
            raise IntakeError(f"{shown(self.path)} can't be read: {error.strerror}") from error


Leaf = ZipMember | FileOnDisk


@dataclass(frozen=True)
class Tree:
    """An export, or a folder of it."""

    #: What it is called in sentences.
    name: str
    #: The files, sorted by their paths below the tree; in a zip two may have one path. What systems
    #: and programs leave is not in it.
    files: tuple[Leaf, ...]
    #: The paths of all folders, also of empty ones.
    folders: frozenset[str]
    #: Those of the folders in which one of `MARKS` is.
    marked: frozenset[str] = frozenset()
    #: Sentences about what is not in it.
    remarks: tuple[str, ...] = ()

    @cached_property
    def top_files(self) -> list[Leaf]:
        """The files that are in no folder."""
        return [leaf for leaf in self.files if "/" not in leaf.path]

    @cached_property
    def top_folders(self) -> dict[str, list[Leaf]]:
        """The folders at the top, each with its files by their paths inside it."""
        found: dict[str, list[Leaf]] = {path: [] for path in self.folders if "/" not in path}
        for leaf in self.files:
            folder, slash, inner = leaf.path.partition("/")
            if slash:
                found[folder].append(replace(leaf, path=inner))
        return dict(sorted(found.items()))

    def find(self, name: str) -> Leaf | None:
        """Return the file of a name that is in no folder, None where there is none."""
        return next((leaf for leaf in self.top_files if leaf.path == name), None)

    def enter(self, folder: str) -> "Tree":
        """Return the part below a folder."""
        start = f"{folder}/"
        cut = len(start)
        return Tree(
            f"{self.name}/{shown(folder)}",
            tuple([replace(f, path=f.path[cut:]) for f in self.files if f.path.startswith(start)]),
            frozenset([path[cut:] for path in self.folders if path.startswith(start)]),
            frozenset([path[cut:] for path in self.marked if path.startswith(start)]),
            self.remarks,
        )


def open_tree(path: Path) -> Tree:
    """Return what the folder or the zip at `path` holds.

    It is a `UsageError` if it can't be read, or has more in it than any class submits.
    """
    name = shown(path)
    if os.path.isdir(path):
        walk = _Walk(path)
        return _collect(name, walk.list_leaves(), walk.remarks)
    descriptor = open_file(path)
    try:
        _refuse_other_files(descriptor, name)
        members = list_zip(descriptor, name, BOUNDS)
    except BaseException:
        os.close(descriptor)
        raise
    if not members:
        os.close(descriptor)
        raise UsageError(f"{name} is a zip without a file: download the submissions again")
    # The files are read later, by whoever still has a part of the tree.
    weakref.finalize(members[0].archive, os.close, descriptor)
    return _collect(name, members, [])


def _refuse_other_files(descriptor: int, name: str) -> None:
    """Refuse what is no zip; one that is damaged, or a page, the zip's own reader speaks of."""
    head = os.read(descriptor, HEAD_BYTES)
    os.lseek(descriptor, 0, os.SEEK_SET)
    if head and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"PK", b"<")):
        raise UsageError(
            f"{name} is neither a folder nor a zip: give what the platform gives for a download of"
            " all submissions"
        )


class _Walk:
    """One walk through a folder, through no link."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.remarks: list[str] = []
        self.count = 0

    def list_leaves(self) -> Iterator[Leaf]:
        """Yield the files and folders; a folder's path ends in a slash."""
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            for entry in self._scan(folder):
                path = folder + entry.name
                if not entry.is_dir(follow_symlinks=False):
                    yield FileOnDisk(path, self.root / path, _find_problem(entry))
                    continue
                yield FileOnDisk(f"{path}/", self.root / path)
                if path.count("/") >= MAX_EXPORT_DEPTH:
                    self.remarks.append(f"{shown(path)} is in too many folders and was left out.")
                elif not is_ignored(PurePosixPath(entry.name)):
                    waiting.append(f"{path}/")

    def _scan(self, folder: str) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(self.root / folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            where = shown(self.root / folder)
            if not folder:
                raise UsageError(f"{where} can't be read: {error.strerror}") from error
            self.remarks.append(f"{where} can't be read and was left out: {error.strerror}.")
            return []
        self.count += len(entries)
        if self.count > MAX_ENTRIES:
            raise UsageError(
                f"{shown(self.root)} has more than {MAX_ENTRIES} files: give a part of it"
            )
        return entries


def _find_problem(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return LINK
    return "" if entry.is_file(follow_symlinks=False) else NOT_REGULAR


def _collect(name: str, leaves: Iterable[Leaf], remarks: list[str]) -> Tree:
    """Sort what was listed into files and folders, without what no student or platform wrote."""
    files, folders, marked, outside = [], set(), set(), 0
    for leaf in leaves:
        parts = PurePosixPath(leaf.path).parts
        if not parts or parts[0] in ("/", "//", "..") or plain(parts[0]).endswith(":"):
            outside += 1
            continue
        top = parts[:MAX_EXPORT_DEPTH]
        marked.update(["/".join(top[:depth]) for depth, part in enumerate(top) if part in MARKS])
        if is_ignored(PurePosixPath(leaf.path)):
            continue
        is_folder = leaf.path.endswith("/")
        inside = top if is_folder else parts[:-1][:MAX_EXPORT_DEPTH]
        folders.update(["/".join(inside[:depth]) for depth in range(1, len(inside) + 1)])
        if not is_folder:
            files.append(replace(leaf, path="/".join(parts)))
    if outside:
        remarks = [
            *remarks,
            f"{outside} of the entries of {name} lead out of it: they were left out.",
        ]
    files.sort(key=lambda leaf: leaf.path)
    return Tree(name, tuple(files), frozenset(folders), frozenset(marked), tuple(remarks))
