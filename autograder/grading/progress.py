"""What a run has come to, kept on disk: from 'not finished' to done, stopped or failed."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.core.records import FULL_POINTS, Report
from autograder.errors import GraderError
from autograder.grading.report_file import NO_ROOM, ReportFiles
from autograder.grading.stop import Stopped, StopRequest

if TYPE_CHECKING:
    from autograder.supervisor.spawn import Spawner

__all__ = ["Progress"]


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
        files.write(self.last)

    def watch(self, snapshot: Callable[[], Report]) -> None:
        """Take what to ask for all that is decided, also between two reports."""
        self._snapshot = snapshot

    def listen(self, report: Report) -> None:
        """Keep a report of a run that goes on.

        Raises
        ------
        Stopped
            If the run was asked to end, and goes on all the same.
        """
        self._keep(report)
        self.request.check()

    def _keep(self, report: Report) -> None:
        self.last = report
        self.files.keep(report)

    def end(self, report: Report) -> None:
        """Write the last report.

        Raises
        ------
        GraderError
            If a file can't be written; the one before is still there.
        """
        self.last = report
        self.files.write(report)
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
