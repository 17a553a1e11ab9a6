"""List a folder's Python files, and read them, without ever following a link inside it.

Every folder and file is opened from the one around it, which stays the same even if somebody moves
things while they are read. Only the folder that was named may be a link itself: whoever named it
meant what it leads to.
"""

import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import (
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    MAX_NOTEBOOK_BYTES,
    File,
    LeftOut,
    Listing,
    shown,
    too_large,
)
from autograder.intake.names import is_ignored, is_notebook, is_python, may_be_notebook

__all__ = ["open_folder"]

#: Whether folders can be opened, and files from them; Windows can't, and goes by paths.
_BY_DESCRIPTORS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
#: Not to be waited for, should a pipe take the file's place.
_FILE = os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

LINK = "it is a link, and links are not followed: hand in what it leads to"


@contextmanager
def open_folder(path: Path) -> Iterator[Listing]:
    """List the folder at `path`; its files can be read inside the ``with`` block.

    It is an `IntakeError` if a folder can't be read, or `path` holds too many files.
    """
    if not _BY_DESCRIPTORS:
        yield _Walk(path, None).listing()
        return
    try:
        root = os.open(path, _FOLDER)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        yield _Walk(path, root).listing()
    finally:
        os.close(root)


def _unreadable(path: Path, error: OSError) -> IntakeError:
    return IntakeError(f"{shown(path)} can't be read: {error.strerror}")


class _Walk:
    """One walk through a folder, from the top down."""

    def __init__(self, path: Path, root: int | None) -> None:
        self.path = path
        self.root = root
        self.files: list[File] = []
        self.left_out: list[LeftOut] = []
        self.others: list[PurePosixPath] = []
        self.notebooks: list[File] = []
        self.renamed: list[File] = []
        self.entries = 0

    def listing(self) -> Listing:
        waiting = deque([PurePosixPath()])
        while waiting:
            folder = waiting.popleft()
            waiting.extend(self._look_into(folder))
        return Listing(
            tuple(self.files),
            tuple(self.left_out),
            tuple(self.others),
            tuple(self.notebooks),
            renamed=tuple(self.renamed),
        )

    def _look_into(self, folder: PurePosixPath) -> list[PurePosixPath]:
        """Note what a folder holds, and return the folders in it."""
        if len(folder.parts) > MAX_DEPTH:
            self.left_out.append(LeftOut(f"{folder}", f"it is in more than {MAX_DEPTH} folders"))
            return []
        try:
            with self._opened(folder) as place, os.scandir(place) as scan:
                entries = sorted(
                    islice(scan, MAX_ENTRIES - self.entries + 1), key=lambda entry: entry.name
                )
                self.entries += len(entries)
                if self.entries > MAX_ENTRIES:
                    return self._too_many(folder)
                return [inner for entry in entries if (inner := self._note(folder, entry))]
        except OSError as error:
            raise _unreadable(self.path / folder, error) from error

    def _too_many(self, folder: PurePosixPath) -> list[PurePosixPath]:
        sentence = f"more than {MAX_ENTRIES} files and folders"
        if folder == PurePosixPath():
            raise IntakeError(
                f"{shown(self.path)} has {sentence}: give a folder with the .py files only"
            )
        self.left_out.append(LeftOut(f"{folder}", f"with it there are {sentence}"))
        return []

    def _note(self, folder: PurePosixPath, entry: "os.DirEntry[str]") -> PurePosixPath | None:
        path = folder / entry.name
        if is_ignored(path):
            return None
        if entry.is_symlink():
            if is_python(entry.name) or is_notebook(entry.name) or not path.suffix:
                self.left_out.append(LeftOut(f"{path}", LINK))
        elif entry.is_dir(follow_symlinks=False):
            return path
        elif not (is_python(entry.name) or is_notebook(entry.name)):
            self.others.append(path)
            if may_be_notebook(entry.name) and entry.is_file(follow_symlinks=False):
                self.renamed.append(File(path, lambda: self._read(path, MAX_NOTEBOOK_BYTES)))
        elif not entry.is_file(follow_symlinks=False):
            self.left_out.append(LeftOut(f"{path}", "it is no regular file"))
        elif is_python(entry.name):
            self.files.append(File(path, lambda: self._read(path, MAX_FILE_BYTES)))
        else:
            self.notebooks.append(File(path, lambda: self._read(path, MAX_NOTEBOOK_BYTES)))
        return None

    @contextmanager
    def _opened(self, folder: PurePosixPath) -> Iterator[int | Path]:
        """Open a folder inside the root, one step after the other, through no link."""
        if self.root is None:
            yield self.path / folder
            return
        descriptor = os.dup(self.root)
        try:
            for part in folder.parts:
                inner = os.open(part, _FOLDER | _NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    def _read(self, path: PurePosixPath, limit: int) -> bytes:
        """Read a regular file, never a link, device or pipe that took its place."""
        place = self.path / path
        try:
            with self._opened(path.parent) as folder:
                if isinstance(folder, Path):
                    descriptor = os.open(folder / path.name, _FILE)
                else:
                    descriptor = os.open(path.name, _FILE, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as handle:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise IntakeError(f"{shown(place)} is no regular file")
                content = handle.read(limit + 1)
        except OSError as error:
            raise _unreadable(place, error) from error
        if len(content) > limit:
            raise IntakeError(too_large(shown(place), limit))
        return content
