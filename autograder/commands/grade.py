"""The verb ``grade``: find the key, take the submission in, grade, print, write."""

import sys
import tempfile
from pathlib import Path

from autograder.commands.compile import current_key
from autograder.errors import UsageError
from autograder.grade import grade, unfinished_report
from autograder.homework import Homework
from autograder.intake import take_in
from autograder.outputs.contract_json import to_json
from autograder.outputs.terminal import print_report, progress_listener
from autograder.records import Report
from autograder.report_file import ReportFile

__all__ = ["run_grade"]

UNFINISHED = "Grading did not finish."


def run_grade(path: Path, *, json_path: Path | None = None, public_only: bool = False) -> int:
    """Grade the submission at `path` and print the report.

    Returns
    -------
    int
        0: it was graded.

    Raises
    ------
    UsageError
        If `path` or `json_path` is wrong.
    GraderError
        If there is no usable answer key.
    """
    file = ReportFile(json_path, to_json) if json_path is not None else None
    if file is not None:
        file.write(unfinished_report(UNFINISHED))
    try:
        report = _graded(path, file, public_only=public_only)
    except UsageError as error:
        if file is not None:
            file.write(unfinished_report(str(error)))
        raise
    print_report(report, sys.stdout)
    if file is not None:
        file.write(report)
    return 0


def _graded(path: Path, file: ReportFile | None, *, public_only: bool) -> Report:
    if not path.exists():
        raise UsageError(f"there is no folder or zip at {path}: check the path")
    key = current_key(Homework.here(), "public" if public_only else "full")
    step, stop = progress_listener(len(key.checks), sys.stderr)

    def listener(report: Report) -> None:
        step(len(report.checks))
        if file is not None:
            file.write(report)

    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
        workspace = Path(folder).resolve()
        submission = take_in(path, workspace / "submission", wanted=key.files)
        try:
            return grade(submission, key, workspace, public_only=public_only, listener=listener)
        finally:
            stop()
