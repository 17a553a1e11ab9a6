"""Grade rows by the real command, several at a time, and remember what was graded.

Each row's files go to a temporary folder; ``python -m autograder grade`` runs as it does for
anybody. A row that is graded is written down at once, with a digest of all that its outcome depends
on, so that a run that was stopped goes on where it was.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from autograder.authoring.verification.finished import Finished
from autograder.authoring.verification.rows import Lost, Outcome, Row
from autograder.homework.folder import Homework

__all__ = ["grade_rows", "outcome_of_report", "run_command"]

#: Longer than any run of the command: it stops by itself after two minutes.
SECONDS = 300

Grade = Callable[[Row], Outcome]


def grade_rows(
    rows: Iterable[Row], finished: Finished, grade: Grade
) -> Generator[tuple[Row, Outcome], None, None]:
    """Yield each row's outcome as it comes: those known first.

    Parameters
    ----------
    rows : iterable of Row
        What to grade.
    finished : Finished
        What is known already; new outcomes are added.
    grade : callable
        From a row to its outcome; called from several threads.
    """
    new = []
    for row in rows:
        known = finished.outcome(row)
        if known is None:
            new.append(row)
        else:
            yield row, known
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        under_way = {pool.submit(grade, row): row for row in new}
        yield from _as_completed(under_way, finished)
    finally:
        # After an interrupt: what is under way ends within a second or so, and is not lost.
        pool.shutdown(cancel_futures=True)
        for future, row in under_way.items():
            if future.done() and not future.cancelled() and not future.exception():
                finished.add(row, future.result())


def _as_completed(
    under_way: dict[Future[Outcome], Row], finished: Finished
) -> Iterator[tuple[Row, Outcome]]:
    left = set(under_way)
    while left:
        done, left = wait(left, return_when=FIRST_COMPLETED)
        for future in done:
            row, outcome = under_way[future], future.result()
            finished.add(row, outcome)
            yield row, outcome


def run_command(row: Row, homework: Homework) -> Outcome:
    """Grade a row by the real command, in a process group of its own.

    Parameters
    ----------
    row : Row
        Its files are written to a temporary folder.
    homework : Homework
        With an up-to-date full key; the command runs in its root.
    """
    with tempfile.TemporaryDirectory(prefix="verify-", ignore_cleanup_errors=True) as folder:
        submission, report = Path(folder, "submission"), Path(folder, "report.json")
        submission.mkdir()
        for name, content in row.files.items():
            submission.joinpath(name).write_bytes(content)
        command = [sys.executable, "-m", "autograder", "grade", str(submission), "--json"]
        try:
            done = subprocess.run(
                [*command, str(report)],
                cwd=homework.root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                start_new_session=True,  # an interrupt is ours to handle
            )
        except subprocess.TimeoutExpired:
            return Outcome(0, failure=f"the command took more than {SECONDS} s")
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            sentence = said[0] if said else "it said nothing"
            return Outcome(0, failure=f"exit status {done.returncode}: {sentence}")
        return outcome_of_report(json.loads(report.read_bytes()))


def outcome_of_report(report: dict[str, Any]) -> Outcome:
    """Return what a report in the contract's JSON says of the points."""
    if not report["finished"]:
        return Outcome(0, failure="the report is not finished")
    lost = [
        Lost(
            check["id"],
            check["function"],
            check["status"],
            round((check["max_score"] - check["score"]) * 100),
            check["misconception"],
        )
        for check in report["checks"]
        if check["score"] < check["max_score"]
    ]
    return Outcome(round(report["score"] * 100), tuple(lost))
