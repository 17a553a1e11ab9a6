"""A report on disk that is whole at every moment, from 'not finished' to done.

Each version is written to a new file beside the old one and renamed into its place, so that whoever
reads, or kills the grader, never meets half a report.
"""

from collections.abc import Callable
from pathlib import Path

from autograder.atomic import write_atomically
from autograder.errors import UsageError
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
        content = self.render(report)
        try:
            self._check_place()
            write_atomically(self.path, content)
        except OSError as error:
            raise UsageError(f"{self.path} can't be written: {error.strerror}") from error

    def _check_place(self) -> None:
        if not self.path.parent.is_dir():
            raise UsageError(f"there is no folder {self.path.parent} to write {self.path.name} to")
        if self.path.is_dir():
            raise UsageError(f"{self.path} is a folder, not a file to write the report to")
        if self.path.exists() and not self.path.is_file():
            # Renaming would put a file in the place of, say, /dev/null.
            raise UsageError(
                f"{self.path} is a device or a pipe, not a file to write the report to"
            )
