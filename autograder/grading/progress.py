"""What a run has come to, kept on disk: from 'not finished' to done, stopped or failed."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from autograder.core.records import FULL_POINTS, Report
from autograder.grading.report_file import ReportFile, ReportFiles
from autograder.grading.stop import Stopped, StopRequest

__all__ = ["Progress", "nothing_judged"]


def nothing_judged(sentence: str) -> Report:
    """Return the report of a run that has judged nothing (yet), with the reason."""
    return Report((), FULL_POINTS, {}, is_finished=False, notes=(sentence,))


class Progress:
    """The last report of one run, and the file or files that it is kept in.

    Parameters
    ----------
    file : ReportFile, ReportFiles or None
        None where nobody asked for one.
    unfinished : str
        What the file says until something is judged.

    Attributes
    ----------
    last : Report
        The last report of the run.
    is_done : bool
        Whether that is the whole run's, and in the file.
    request : StopRequest
        Whether the run was asked to end; looked at with each report.

    Raises
    ------
    UsageError
        If the file can't be written.
    """

    def __init__(self, file: ReportFile | ReportFiles | None, unfinished: str) -> None:
        self.file = file
        self.last = nothing_judged(unfinished)
        self.is_done = False
        self.request = StopRequest()
        self._snapshot: Callable[[], Report] = lambda: self.last
        if file is not None:
            file.write(self.last)

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
        if self.file is not None:
            self.file.keep(report)

    def end(self, report: Report) -> None:
        """Write the last report.

        Raises
        ------
        GraderError
            If the file can't be written; the one before is still there.
        """
        self.last = report
        if self.file is not None:
            self.file.write(report)
        self.is_done = True

    def stop(self) -> None:
        """Write all that is decided, as the run ends before its time."""
        if not self.is_done:
            self._keep(self.last if self.last.is_finished else self._latest())

    @contextlib.contextmanager
    def kept_when_stopped(self) -> Iterator[None]:
        """Write all that is decided before anything is tidied up, should a signal end the block."""
        try:
            yield
        except Stopped:
            self.stop()
            raise

    def fail(self, sentence: str) -> None:
        """Write all that is decided, and why it is not all: the grader or the call is to blame.

        Raises
        ------
        Stopped
            If the run was asked to end: what went wrong may have come of that.
        """
        self.request.check()
        if not self.last.is_finished:
            self._keep(replace(self._latest(), notes=(sentence,)))

    def _latest(self) -> Report:
        try:
            return self._snapshot()
        except Exception:  # what failed before may fail again: the last report is as good as any
            return self.last
