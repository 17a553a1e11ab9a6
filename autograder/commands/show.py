"""The verb ``show``: run the lines of a message, as its reader would by pasting them.

The files are graded again first, as they may have been saved since: the message is the one that has
the number now, and is named. Its lines run in the student's own folder with the grader's Python,
which has numpy, as an ordinary program of theirs: so it takes no one else's files.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.commands.grade import find_part
from autograder.commands.own_files import find_own_files, require_own_folder
from autograder.core.message import Snippet
from autograder.core.records import Report, Status
from autograder.errors import UsageError
from autograder.grading.grade import grade
from autograder.grading.stop import StopRequest
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.take_in import take_in
from autograder.outputs.groups import Block, gather_blocks
from autograder.supervisor.spawn import spawning

__all__ = ["run_show"]


def run_show(homework: Homework, number: int, path: Path, *, only: Sequence[str] = ()) -> int:
    """Run the lines of message `number` of the folder at `path`, and return 0.

    With `only`, the number is that of a report of these functions alone. It is a `UsageError` if
    there is no such message, or it has no lines, or the folder is not the student's own.
    """
    require_own_folder(homework, path, verb="show")
    StopRequest().heed_signals()
    key = current_key(homework, homework.best_half)
    report = _grade(path, key, only)
    block = _choose(number, report)
    sys.stdout.write(f"{number}. {block.head}\n")
    snippet = block.told().message.snippet
    if snippet is None:
        raise UsageError(
            f"message {number} has no lines to run: 'python grade.py' shows what it says"
        )
    sys.stdout.write("".join([f">>> {line}\n" for line in snippet.code.split("\n")]))
    if snippet.is_in_notebook:
        sys.stdout.write(f"(These are for your notebook: {snippet.where}.)\n")
        return 0
    files = find_own_files(path, key)
    folder = files[snippet.file].parent if snippet.file in files else path
    _run(snippet, folder, seconds=key.limits.training_seconds)
    return 0


def _grade(path: Path, key: Key, only: Sequence[str]) -> Report:
    with spawning() as spawner:
        submission = take_in(path, spawner.workspace / "submission", wanted=key.files)
        return grade(submission, key, spawner, only=find_part(only, key))


def _choose(number: int, report: Report) -> Block:
    """Return what is to fix that has a number."""
    blocks = {block.number: block for block in gather_blocks(report.checks) if block.number}
    if number in blocks:
        return blocks[number]
    if blocks:
        count = f"there {'is 1 message' if len(blocks) == 1 else f'are {len(blocks)} messages'}"
        raise UsageError(
            f"{count} now, and no message {number}: 'python grade.py' shows them with their numbers"
        )
    waiting = [check for check in report.checks if check.status == Status.NOT_STARTED]
    is_waiting = any([not check.is_bonus for check in waiting])
    state = "what is started is right" if is_waiting else "every check passes"
    raise UsageError(f"there is no message {number}: {state}")


def _run(snippet: Snippet, folder: Path, *, seconds: float) -> None:
    """Run the lines in a folder; what they print goes where this process prints."""
    sys.stdout.flush()
    environment = {n: v for n, v in os.environ.items() if n != "PYTHONSAFEPATH"}
    # -B: nothing is left in the folder that was missing.
    command = [sys.executable, "-B", "-c", snippet.code]
    try:
        subprocess.run(command, cwd=folder, env=environment, timeout=seconds)
    except subprocess.TimeoutExpired:
        sys.stdout.write(
            f"Stopped after {seconds:g} s: look for a loop that does not end in"
            f" {snippet.function}, and in what it calls.\n"
        )
