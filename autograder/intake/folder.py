"""List a folder's Python files, and read them, without ever following a link inside it.

Every folder and file is opened from the one around it, which stays the same even if someone moves
things while they are read. Only the folder that was named may be a link itself: whoever named it
meant what it leads to.
"""

import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath, PurePosixPath

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
)

__all__ = ["open_folder"]

#: Whether folders can be opened, and files from them; Windows can't, and goes by paths.
_BY_DESCRIPTORS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
#: Not to be waited for, should a pipe take the file's place.
_FILE = os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def open_folder(path: Path) -> Iterator[Listing]:
    """List the folder at `path`; its files can be read inside the ``with`` block.

    It is an `IntakeError` if the folder itself can't be read or holds too many files; what is wrong
    further in costs that alone.
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


def _unreadable(path: PurePath, error: OSError) -> IntakeError:
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
        self.drafts: list[File] = []
        self.entries = self.passed_by = 0
        self.renamed: list[File] = []

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
            drafts=tuple(self.drafts),
            renamed=tuple(self.renamed),
        )

    def _look_into(self, folder: PurePosixPath) -> list[PurePosixPath]:
        """Note what a folder holds, and return the folders in it."""
        if len(folder.parts) > MAX_DEPTH:
            self.left_out.append(LeftOut(f"{folder}", f"it is in more than {MAX_DEPTH} folders"))
            return []
        try:
            with self._opened(folder) as place, os.scandir(place) as scan:
                entries = sorted(self._pass_by(folder, scan), key=lambda entry: entry.name)
                if self.entries > MAX_ENTRIES or self.passed_by > MAX_PASSED_BY:
                    return self._too_many(folder)
                if any([entry.name in ENVIRONMENT_MARKS for entry in entries]):
                    entries = [entry for entry in entries if not is_of_environment(entry.name)]
                return [inner for entry in entries if (inner := self._note(folder, entry))]
        except OSError as error:
            if folder == PurePosixPath():
                raise _unreadable(self.path, error) from error
            self.left_out.append(LeftOut(f"{folder}", f"it can't be read: {error.strerror}"))
            return []

    def _pass_by(
        self, folder: PurePosixPath, scan: Iterator["os.DirEntry[str]"]
    ) -> Iterator["os.DirEntry[str]"]:
        """Yield the entries that count, one more than are allowed at most."""
        for entry in scan:
            if is_ignored(folder / entry.name):
                self.passed_by += 1
            else:
                self.entries += 1
                yield entry
            if self.entries > MAX_ENTRIES or self.passed_by > MAX_PASSED_BY:
                return

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
        if entry.is_symlink():
            if is_python(entry.name) or is_notebook(entry.name) or not path.suffix:
                self.left_out.append(LeftOut(f"{path}", LINK))
        elif entry.is_dir(follow_symlinks=False):
            if is_python(entry.name):
                self.left_out.append(LeftOut(f"{path}", FOLDER))
            return path
        elif not (is_python(entry.name) or is_notebook(entry.name)):
            self.others.append(path)
            if is_draft(entry.name) and entry.is_file(follow_symlinks=False):
                self.drafts.append(File(path, lambda: self._read(path, MAX_FILE_BYTES)))
            if may_be_notebook(entry.name) and entry.is_file(follow_symlinks=False):
                self.renamed.append(File(path, lambda: self._read(path, MAX_NOTEBOOK_BYTES)))
        elif not entry.is_file(follow_symlinks=False):
            self.left_out.append(LeftOut(f"{path}", NOT_REGULAR))
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
        try:
            with self._opened(path.parent) as folder:
                if isinstance(folder, Path):
                    descriptor = os.open(folder / path.name, _FILE)
                else:
                    descriptor = os.open(path.name, _FILE, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as handle:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise IntakeError(f"{shown(path)} is not a regular file")
                content = handle.read(limit + 1)
        except OSError as error:
            raise _unreadable(path, error) from error
        if len(content) > limit:
            raise IntakeError(too_large(shown(path), limit))
        return content
