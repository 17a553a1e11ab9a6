"""A report on disk that is whole at every moment, from 'not finished' to done.

Each version is written to a new file beside the old one and renamed into its place, so that whoever
reads, or kills the grader, never meets half a report.
"""

from collections.abc import Callable
from pathlib import Path

from autograder.errors import UsageError
from autograder.key import write_atomically
from autograder.records import Report

__all__ = ["ReportFile"]


class ReportFile:
    """A report's place on disk and its format.

    Parameters
    ----------
    path : pathlib.Path
        Where it goes; its folder must exist.
    render : callable
        From a report to the file's bytes.
    """

    def __init__(self, path: Path, render: Callable[[Report], bytes]) -> None:
        self.path = path
        self.render = render

    def write(self, report: Report) -> None:
        """Put `report` in the place of the one before.

        Raises
        ------
        UsageError
            If the place can't be written; the sentence says why.
        """
        if not self.path.parent.is_dir():
            raise UsageError(f"there is no folder {self.path.parent} to write {self.path.name} to")
        if self.path.is_dir():
            raise UsageError(f"{self.path} is a folder, not a file to write the report to")
        try:
            write_atomically(self.path, self.render(report))
        except OSError as error:
            raise UsageError(f"{self.path} can't be written: {error.strerror}") from error
