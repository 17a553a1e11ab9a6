"""The verb ``grade``: find the key, take the submission in, grade, print, write."""

import sys
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
from autograder.spawn import Spawner

__all__ = ["run_grade"]

UNFINISHED = "Grading did not finish."


def run_grade(
    path: Path, spawner: Spawner, *, json_path: Path | None = None, public_only: bool = False
) -> int:
    """Grade the submission at `path` and print the report.

    Parameters
    ----------
    path : pathlib.Path
        A folder or a zip.
    spawner : Spawner
        Starts the workers; its workspace takes the clean copy of the submission, too.
    json_path : pathlib.Path, optional
        Where to write the JSON report.
    public_only : bool
        Whether to run only the checks that students have.

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
        report = _graded(path, spawner, file, public_only=public_only)
    except UsageError as error:
        if file is not None:
            file.write(unfinished_report(str(error)))
        raise
    if file is not None:
        file.write(report)  # before it is printed: whoever reads the output may have seen enough
    print_report(report, sys.stdout)
    return 0


def _graded(path: Path, spawner: Spawner, file: ReportFile | None, *, public_only: bool) -> Report:
    if not path.exists():
        raise UsageError(f"there is no folder or zip at {path}: check the path")
    homework = Homework.here()
    key = current_key(homework, "public" if public_only else homework.best_half)
    step, stop = progress_listener(len(key.checks), sys.stderr)

    def listener(report: Report) -> None:
        step(len(report.checks))
        if file is not None:
            file.write(report)

    try:
        submission = take_in(path, spawner.workspace / "submission", wanted=key.files)
        return grade(submission, key, spawner, public_only=public_only, listener=listener)
    finally:
        stop()
