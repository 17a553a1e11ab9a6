"""Read one submission's files, within the bounds that one submission has everywhere.

A student's upload is a folder, one notebook, single files, or a zip of these. A zip is unpacked by
intake's own reader, one at a time, into a temporary file; a zip inside a zip is not.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath

from autograder.classroom.exports.tree import Leaf
from autograder.classroom.records import Content, UnreadableError
from autograder.core.limits import MIB
from autograder.errors import IntakeError
from autograder.intake.archive import list_submission
from autograder.intake.listing import (
    MAX_ENTRIES,
    MAX_NOTEBOOK_BYTES,
    MAX_TOTAL_BYTES,
    File,
    Listing,
    drop_passed_by,
    list_members,
    shown,
)

__all__ = ["read_content"]

#: A student's own zip; a folder of homework with its environment stays below.
MAX_ZIP_BYTES = 256 * MIB

#: Zips of one submission that are unpacked.
MAX_ZIPS = 8

#: All files of one submission together.
MAX_CONTENT_BYTES = MAX_TOTAL_BYTES + MAX_NOTEBOOK_BYTES

#: Sentences about what is left out.
MAX_REMARKS = 5

#: The longest name that every system's folder holds, in bytes.
_LONGEST_NAME = 255


def read_content(leaves: Sequence[Leaf]) -> Content:
    """Return the files of a submission, of which `leaves` have the paths inside it.

    It is an `UnreadableError` if there is nothing in it that could be graded because it can't be
    read, or if two of its files have one name.
    """
    counted = drop_passed_by(leaves)
    if not counted:
        raise UnreadableError("there is no file in it")
    if len(counted) > MAX_ENTRIES:
        raise UnreadableError(f"it has more than {MAX_ENTRIES} files: is it the right folder?")
    zips = [leaf for leaf in counted if leaf.path.lower().endswith(".zip")][:MAX_ZIPS]
    own = list_members([leaf for leaf in counted if leaf not in zips], is_zip=False)
    reading = _Reading()
    for leaf in counted:
        if leaf.problem and not PurePosixPath(leaf.path).suffix:  # such as a link to a folder
            reading.problems.append(f"{shown(leaf.path)} was left out: {leaf.problem}")
    reading.add(own, PurePosixPath())
    is_alone = len(zips) == 1 and not (own.files or own.notebooks)
    for leaf in zips:
        folder = PurePosixPath() if is_alone else PurePosixPath(leaf.path).with_suffix("")
        try:
            with _open_zip(leaf) as listing:
                reading.add(listing, folder)
        except IntakeError as error:
            reading.problems.append(f"{error}")
    return reading.finish()


@contextmanager
def _open_zip(leaf: Leaf) -> Iterator[Listing]:
    """List a zip that is a file of an export."""
    name = shown(leaf.path)
    with tempfile.TemporaryFile() as target:
        with leaf.open(MAX_ZIP_BYTES) as source:
            try:
                shutil.copyfileobj(source, target)
            except Exception as error:  # on bytes that someone crafted, zipfile raises anything
                raise IntakeError(f"{name} can't be read: {shown(error)}") from error
        target.seek(0)
        yield list_submission(target, name)


class _Reading:
    """The files of one submission, as they are read."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.problems: list[str] = []
        self.rest = MAX_CONTENT_BYTES

    def add(self, listing: Listing, folder: PurePosixPath) -> None:
        """Read the files of a listing into a folder, what is graded first."""
        for left_out in listing.left_out:
            self.problems.append(f"{shown(left_out.name)} was left out: {left_out.reason}")
        for file in (*listing.files, *listing.notebooks):
            self._take(folder / file.path, file, is_work=True)
        for file in (*listing.drafts, *listing.renamed):
            if f"{folder / file.path}" not in self.files:
                self._take(folder / file.path, file, is_work=False)
        for path in listing.others:  # what is said of these is said by their names
            if f"{folder / path}" not in self.files and _is_storable(folder / path):
                self.files[f"{folder / path}"] = b""

    def _take(self, path: PurePosixPath, file: File, *, is_work: bool) -> None:
        try:
            if not _is_storable(path):
                raise IntakeError(f"{shown(path)} has a name or a path that no system can hold")
            content = file.read()
            if len(content) > self.rest:
                most = MAX_CONTENT_BYTES // MIB
                raise IntakeError(f"with {shown(path)}, it has more than {most} MiB")
        except IntakeError as error:
            if is_work:
                self.problems.append(f"{error} (it was left out)")
            return
        if self.files.get(f"{path}", content) != content:
            raise UnreadableError(f"it has two files called {shown(path)}: which one is meant?")
        self.rest -= len(content)
        self.files[f"{path}"] = content

    def finish(self) -> Content:
        """Return what was read, without files that are also folders."""
        if self.problems and not any(self.files.values()):
            raise UnreadableError(self.problems[0])
        folders = {str(folder) for path in self.files for folder in PurePosixPath(path).parents}
        both = folders & self.files.keys()
        remarks = [f"{problem}." for problem in self.problems[:MAX_REMARKS]]
        if more := len(self.problems) - MAX_REMARKS:
            remarks += [f"{more} more were left out for such reasons."] if more > 0 else []
        remarks += [
            f"{shown(path)} is a file and a folder: the file was left out." for path in both
        ]
        return Content({p: self.files[p] for p in sorted(self.files.keys() - both)}, tuple(remarks))


def _is_storable(path: PurePosixPath) -> bool:
    """Tell whether a file can have this path below a folder."""
    try:
        lengths = [len(part.encode()) for part in path.parts]
    except UnicodeEncodeError:
        return False
    is_inside = not path.is_absolute() and not {"..", ""} & set(path.parts)
    return is_inside and "\0" not in str(path) and all([n <= _LONGEST_NAME for n in lengths])
