"""The verb ``verify``: the solution gets every point, the stubs none, every mistake its name."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.commands.compile import current_key
from autograder.grade import grade
from autograder.homework import Homework
from autograder.intake import take_in
from autograder.key import Key
from autograder.records import Report, Status
from autograder.spawn import Spawner
from autograder.verification import MistakeRow, verify_mistakes

__all__ = ["run_verify"]


def run_verify() -> int:
    """Print a table of what the rubric catches.

    Returns
    -------
    int
        0 where every row is right, else 3.
    """
    homework = Homework.here()
    key = current_key(homework, "full")
    faults = [*_solution_faults(homework, key), *_stub_faults(homework, key)]
    rows = list(verify_mistakes(homework, key))
    for row in rows:
        mark = "ok" if row.is_right else "WRONG"
        sys.stdout.write(f"{mark:<6}{row.function:<32}{row.mistake:<34}-{row.lost / 100:g}\n")
    faults += [_fault(row) for row in rows if not row.is_right]
    named = sum([row.is_right for row in rows])
    sys.stdout.write(f"\n{len(rows)} known mistakes, {named} caught and called by their names\n")
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 3 if faults else 0


def _fault(row: MistakeRow) -> str:
    if not row.lost:
        return f"{row.where}: the mistake {row.mistake} of {row.function} costs nothing"
    named = ", ".join(row.named) or "by no name"
    return f"{row.where}: the mistake {row.mistake} of {row.function} is called {named}"


def _graded(folder: Path, key: Key) -> Report:
    with tempfile.TemporaryDirectory(prefix="grade-") as temporary:
        spawner = Spawner(Path(temporary).resolve())
        try:
            submission = take_in(folder, spawner.workspace / "submission", wanted=key.files)
            return grade(submission, key, spawner)
        finally:
            spawner.close()


def _solution_faults(homework: Homework, key: Key) -> Iterator[str]:
    report = _graded(homework.solution, key)
    sys.stdout.write(f"solution    {report.score / 100:g} of {report.max_score / 100:g}\n")
    for check in report.checks:
        if check.status != Status.PASSED:
            yield f"the solution does not pass {check.id}: {check.message}"


def _stub_faults(homework: Homework, key: Key) -> Iterator[str]:
    report = _graded(homework.assignment, key)
    sys.stdout.write(f"assignment  {report.score / 100:g} of {report.max_score / 100:g}\n\n")
    for check in report.checks:
        if check.status != Status.NOT_STARTED:
            yield f"the stubs are not 'not started' in {check.id}: {check.status}"
