"""What a run has come to, kept on disk: from 'not finished' to done, stopped or failed.

A report is whole there at every moment. Each version is written to a new file beside the old one
and renamed into its place, so that whoever reads, or kills the grader, never meets half a report.
Room for the last version is set aside at the beginning: a disk that fills up on the way costs
no one a report. On the way there is a new version about once a second, where there is anything new.
"""

import contextlib
import errno
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.core.message import Message
from autograder.core.records import FULL_POINTS, Report
from autograder.core.writing import is_work, remove_leftovers, write_atomically
from autograder.errors import GraderError, UsageError
from autograder.grading.stop import Stopped, StopRequest

if TYPE_CHECKING:
    from autograder.supervisor.spawn import Spawner

__all__ = ["NO_ROOM", "Progress", "RESERVED_BYTES", "ReportFile", "ReportFiles"]

#: What the system says where a disk, a quota or a limit on the size of files is used up.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: Room for one whole report. The longest of a wrong submission that was seen has a quarter of it.
RESERVED_BYTES = 1 << 20

#: How far apart the versions on the way are: most runs end before there is one.
KEEP_SECONDS = 1.0


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
        """Put `report` in place of the one before.

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

    def keep_last_that_fits(self, reports: Sequence[Report]) -> None:
        """Put the last of some reports in place that can be put there."""
        for report in reversed(reports):
            try:
                self.write(report)
            except GraderError:
                continue
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
            # Renaming would put a file in place of, say, /dev/null.
            raise self._refusal(
                f"{self.path} is a device or a pipe, not a file to write the report to"
            )


class ReportFiles:
    """Files of the same report, in several formats; written together, in this order."""

    def __init__(self, files: Sequence[ReportFile]) -> None:
        self.files = files

    def write(self, report: Report, *, earlier: Sequence[Report] = ()) -> None:
        """Put `report` in each place; one that can't be written keeps no other from being so.

        Where it can't be, the last of the `earlier` ones that can takes its place. The first error
        that a file raised, as `ReportFile.write` says, is raised at the end.
        """
        problems = []
        for file in self.files:
            try:
                file.write(report)
            except UsageError:
                raise  # the call is wrong, and nothing is graded
            except GraderError as error:
                problems.append(error)
                file.keep_last_that_fits(earlier)
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


class Progress:
    """The last report of one run, and the files that it is kept in, if any.

    Until something is judged, these say `unfinished`. With each report it is looked at whether the
    run was asked to end.

    Raises
    ------
    UsageError
        If a file can't be written.
    """

    def __init__(self, files: ReportFiles, unfinished: str) -> None:
        self.files = files
        self.last = Report((), FULL_POINTS, {}, is_finished=False, notes=(unfinished,))
        self.is_done = False  # the last report is the whole run's, and in the files
        self.request = StopRequest()
        self._snapshot: Callable[[], Report] = lambda: self.last
        self._heard: list[Report] = []
        self._timer: threading.Timer | None = None
        self._writing = threading.RLock()  # a signal may come while this thread writes
        files.write(self.last)
        self._kept_at = time.monotonic()

    def watch(self, snapshot: Callable[[], Report]) -> None:
        """Take what to ask for all that is decided, also between two reports."""
        self._snapshot = snapshot

    def listen(self, report: Report) -> None:
        """Keep a report of a run that goes on, soon; raise `Stopped` if it was asked to end."""
        with self._writing:
            self.last = report
            self._heard.append(report)
            if self.files.files and self._timer is None:  # one that is set keeps this report, too
                rest = self._kept_at + KEEP_SECONDS - time.monotonic()
                self._timer = threading.Timer(max(rest, 0.0), self._keep_last)
                self._timer.daemon = True
                self._timer.start()
        self.request.check()

    def _keep_last(self) -> None:
        """Keep the last report, in the timer's thread: the next one may never come."""
        with self._writing, contextlib.suppress(Exception):  # one that lasts is raised by `end`
            if self._timer is not None:
                self._keep(self.last)

    def _keep(self, report: Report) -> None:
        with self._writing:
            self._forget_timer()
            self.last = report
            self.files.keep(report)
            self._kept_at = time.monotonic()

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def end(self, report: Report) -> None:
        """Write the last report, or raise a GraderError: the one before is still there."""
        with self._writing:
            self._forget_timer()
            self.last = report
            self.files.write(report, earlier=self._heard)
        self.is_done = True

    def stop(self) -> None:
        """Write all that is decided, as the run ends before its time."""
        if not self.is_done:
            self._keep(self.last if self.last.is_finished else self._latest())

    @contextlib.contextmanager
    def run(
        self,
        *,
        without: Sequence[str] = (),
        say_why: Callable[[Exception], str],
        tell: Callable[[str], None],
    ) -> Iterator["Spawner"]:
        """Let the block grade in workers; whatever ends it, the files say how far it came.

        They say of an exception what `say_why` says of it. When a signal has ended the run, and all
        that is decided is written, `tell` is told so. Workers, and the temporary folder in which
        they start, are gone at the end.

        Raises
        ------
        Stopped
            If the run was asked to end.
        GraderError
            If there is no room for temporary files.
        """
        from autograder.supervisor.spawn import spawning

        try:
            self.request.heed_signals()
            # Before anything else: the workers' nursery loads numpy while this process does.
            with (
                self._kept_when_failing(say_why),
                self._room_is_said(),
                spawning(without=without) as spawner,
                self._kept_when_stopped(),
            ):
                yield spawner
        except Stopped as stopped:
            self.stop()
            kept = [str(file.path) for file in self.files.files]
            has = "have" if len(kept) > 1 else "has"
            decided = f"; {' and '.join(kept)} {has} what was decided by then" if kept else ""
            tell(f"stopped by {stopped.name}{decided}")
            raise

    @contextlib.contextmanager
    def _kept_when_stopped(self) -> Iterator[None]:
        """Write all that is decided before anything is tidied up, should a signal end the block."""
        try:
            yield
        except Stopped:
            self.stop()
            raise

    @contextlib.contextmanager
    def _kept_when_failing(self, say_why: Callable[[Exception], str]) -> Iterator[None]:
        """Write all that is decided, and why it is not all."""
        try:
            yield
        except Exception as error:
            self.request.check()  # what went wrong may have come of a signal
            if not self.last.is_finished:
                self._keep(replace(self._latest(), notes=(say_why(error),)))
            raise

    @contextlib.contextmanager
    def _room_is_said(self) -> Iterator[None]:
        """Say where room is wanting, if it is for temporary files."""
        try:
            yield
        except OSError as error:
            if error.errno not in NO_ROOM or self.last.is_finished:
                raise
            raise GraderError(
                f"there is no room in the folder for temporary files, {tempfile.gettempdir()}"
                f" ({error.strerror}): make room there, or set TMPDIR to another folder"
            ) from error

    def _latest(self) -> Report:
        try:
            return self._snapshot()
        except Exception:  # what failed before may fail again: the last report is as good as any
            return self.last
