"""The verb ``grade``: find the key, take the submission in, grade, print, write."""

import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.commands.compile import current_key
from autograder.errors import UsageError
from autograder.grade import grade, unfinished_report
from autograder.homework import Homework
from autograder.intake import Submission, take_in
from autograder.key import Key
from autograder.outputs.contract_json import to_json
from autograder.outputs.terminal import print_report, progress_listener
from autograder.records import CheckResult, Report, Status
from autograder.report_file import ReportFile
from autograder.spawn import Spawner

__all__ = ["run_grade"]

UNFINISHED = "Grading did not finish."


def run_grade(
    path: Path,
    spawner: Spawner,
    *,
    json_path: Path | None = None,
    public_only: bool = False,
    search_seconds: float = 0,
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
    search_seconds : float
        How long to search for smaller examples to print, where the reference is at hand. The score
        and the JSON report are the same whatever is found.

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
        graded = _graded(path, spawner, file, public_only=public_only)
    except UsageError as error:
        if file is not None:
            file.write(unfinished_report(str(error)))
        raise
    if file is not None:
        # Before it is printed: whoever reads the output may have seen enough.
        file.write(graded.report)
    print_report(_searched(graded, spawner, search_seconds), sys.stdout)
    return 0


@dataclass(frozen=True)
class _Graded:
    """A report, and what it was made from."""

    report: Report
    key: Key
    homework: Homework
    submission: Submission


def _searched(graded: _Graded, spawner: Spawner, seconds: float) -> Report:
    """Return the report with smaller examples, where there is something to search with."""
    wanted = [check for check in graded.report.checks if _is_unexplained(check, graded.key)]
    if seconds <= 0 or not wanted or not graded.homework.has_sources:
        return graded.report
    try:
        from autograder.search import with_smaller_examples
    except ModuleNotFoundError:  # Hypothesis is for staff
        return graded.report
    sys.stderr.write(f"searching for smaller examples, at most {seconds:g} s ...\n")
    return with_smaller_examples(
        graded.report,
        wanted,
        graded.key,
        graded.homework,
        graded.submission,
        spawner,
        seconds=seconds,
    )


def _is_unexplained(result: CheckResult, key: Key) -> bool:
    """Tell whether a check is wrong in a way that the rubric does not know."""
    is_wrong = result.status in (Status.FAILED, Status.ERROR) and result.score < result.max_score
    known = [mistake.name for mistake in key.functions[result.function].mistakes]
    return is_wrong and result.visibility == "public" and result.misconception not in known


def _graded(path: Path, spawner: Spawner, file: ReportFile | None, *, public_only: bool) -> _Graded:
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
        report = grade(submission, key, spawner, public_only=public_only, listener=listener)
        return _Graded(report, key, homework, submission)
    finally:
        stop()
