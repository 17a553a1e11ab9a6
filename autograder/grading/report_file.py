"""A report on disk that is whole at every moment, from 'not finished' to done.

Each version is written to a new file beside the old one and renamed into its place, so that whoever
reads, or kills the grader, never meets half a report. Room for the last version is set aside at the
beginning: a disk that fills up on the way costs nobody a report.
"""

import errno
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.core.message import Message
from autograder.core.records import Report
from autograder.core.writing import is_work, remove_leftovers, write_atomically
from autograder.errors import GraderError, UsageError

__all__ = ["NO_ROOM", "RESERVED_BYTES", "ReportFile", "ReportFiles"]

#: What the system says where a disk, a quota or a limit on the size of files is used up.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: Room for one whole report. The longest of a wrong submission that was seen has a quarter of it.
RESERVED_BYTES = 1 << 20


class ReportFile:
    """A report's place on disk, whose folder must exist, and what makes the file's bytes of it.

    Only a finished report is flushed to the disk itself (3 ms on a solid state disk, tens on a hard
    disk). A power cut ends an unfinished run anyway, and the same submission, graded again, gets
    the same report: the twenty versions on the way are not worth the wait. Without that, some file
    systems (XFS) would leave an empty file after a power cut, although the renaming was done.
    """

    def __init__(self, path: Path, render: Callable[[Report], bytes]) -> None:
        self.path = path
        self.render = render
        self._has_begun = False
        self._reserve: int | None = None

    def write(self, report: Report) -> None:
        """Put `report` in the place of the one before.

        Raises
        ------
        UsageError
            If the first report can't be written: the place is wrong; the sentence says why.
        GraderError
            If a later one can't be; the one before is still there, whole.
        """
        try:
            self._check_place()
            if not self._has_begun:
                remove_leftovers(self.path)
            self._write(report)
        except OSError as error:
            raise self._refusal(f"{self.path} can't be written: {error.strerror}") from error
        if report.is_finished:
            self._release()
        elif not self._has_begun:
            self._reserve = _set_aside(self.path.parent)
        self._has_begun = True

    def keep(self, report: Report) -> None:
        """Put `report` in place where that can be done; where it can't, the last one will say so.

        A disk that is full in the middle of a run is no reason to end the run.
        """
        try:
            self.write(report)
        except GraderError:
            return

    def _write(self, report: Report) -> None:
        content = self.render(report)
        try:
            write_atomically(self.path, content, is_synced=report.is_finished)
        except OSError as error:
            if error.errno not in NO_ROOM or not report.is_finished:
                raise
            self._write_without_room(report, content, str(error.strerror))

    def _write_without_room(self, report: Report, content: bytes, problem: str) -> None:
        """Use the room that was set aside; where that is not enough, leave the messages out."""
        self._release()
        try:
            write_atomically(self.path, content, is_synced=True)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            short = self.render(_without_messages(report, problem))
            write_atomically(self.path, short, is_synced=True)

    def _release(self) -> None:
        if self._reserve is not None:
            os.close(self._reserve)
            self._reserve = None

    def _refusal(self, sentence: str) -> UsageError | GraderError:
        if not self._has_begun:
            return UsageError(sentence)
        return GraderError(f"{sentence}; the report that is there says how far it came")

    def _check_place(self) -> None:
        if is_work(self.path):
            raise self._refusal(
                f"{self.path} would be overwritten: the name is that of Python or a notebook; give"
                " the report another one"
            )
        if not self.path.parent.is_dir():
            raise self._refusal(
                f"there is no folder {self.path.parent} to write {self.path.name} to"
            )
        if self.path.is_dir():
            raise self._refusal(f"{self.path} is a folder, not a file to write the report to")
        if self.path.exists() and not self.path.is_file():
            # Renaming would put a file in the place of, say, /dev/null.
            raise self._refusal(
                f"{self.path} is a device or a pipe, not a file to write the report to"
            )


class ReportFiles:
    """Files of the same report, in several formats; written together, in this order."""

    def __init__(self, files: Sequence[ReportFile]) -> None:
        self.files = files

    def write(self, report: Report) -> None:
        """Put `report` in each place; one that can't be written keeps no other from being so.

        Raises
        ------
        UsageError, GraderError
            The first one that a file raised, as `ReportFile.write` says.
        """
        problems = []
        for file in self.files:
            try:
                file.write(report)
            except UsageError:
                raise  # the call is wrong, and nothing is graded
            except GraderError as error:
                problems.append(error)
        if problems:
            raise problems[0]

    def keep(self, report: Report) -> None:
        """Put `report` in each place where that can be done."""
        for file in self.files:
            file.keep(report)


def _set_aside(folder: Path) -> int | None:
    """Take room on the folder's disk under no name, so that it is free again however we end.

    Return the descriptor that holds it, None where there is no such room, or no way to take it.
    """
    if not hasattr(os, "posix_fallocate"):  # macOS and Windows have no way
        return None
    try:
        handle, name = tempfile.mkstemp(prefix=".room.", dir=folder)
    except OSError:
        return None
    try:
        os.unlink(name)
        os.posix_fallocate(handle, 0, RESERVED_BYTES)
    except OSError:
        os.close(handle)
        return None
    return handle


def _without_messages(report: Report, problem: str) -> Report:
    checks = tuple([replace(check, message=Message(), example=None) for check in report.checks])
    note = f"The messages are left out, since there was no room for them: {problem}."
    return replace(report, checks=checks, notes=(*report.notes, note), printed={})
