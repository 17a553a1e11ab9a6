"""The verb ``verify``: grade submissions whose right verdict is known, and print the table."""

import sys

from autograder.authoring.compiler.reference import Reference
from autograder.authoring.verification.grading import Grader
from autograder.authoring.verification.run import all_rows, chosen_rows, verify
from autograder.authoring.verification.table import Table, complete, summary, to_html
from autograder.core.writing import write_atomically
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.outputs.text import progress_listener

__all__ = ["run_verify"]

#: The exit status of a command that an interrupt ended, as shells have it.
INTERRUPTED = 130


def run_verify(homework: Homework, *, only: str = "", fresh: bool = False) -> int:
    """Print a table of what the grader notices, and write it to ``build/verify.txt`` and ``.html``.

    Only rows whose identity contains `only` are looked at; `fresh` grades what is known from an
    earlier run again. The status is 0 where every row is right, 3 where one is not, 130 after an
    interrupt.

    Raises
    ------
    UsageError
        If no row contains `only`.
    RubricError
        If the rubric or the list of changes that are no mistakes can't be read.
    """
    key = current_key(homework, "full")
    reference = Reference(homework.solution)
    rows = list(all_rows(homework, key, reference))
    count = len(chosen_rows(rows, only))
    step, stop = progress_listener(count, sys.stderr)
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done = number
        step(number)

    try:
        table = verify(
            homework,
            key,
            rows=rows,
            grader=Grader(key, reference),
            only=only,
            fresh=fresh,
            progress=progress,
        )
    except KeyboardInterrupt:
        sys.stderr.write(
            f"\nstopped after {done} of {count} submissions, which are kept: run the same command"
            " again to grade the rest\n"
        )
        return INTERRUPTED
    finally:
        stop()
    return _show(table, homework)


def _show(table: Table, homework: Homework) -> int:
    sys.stdout.write(summary(table))
    for suffix, content in (("txt", complete(table)), ("html", to_html(table))):
        path = homework.root / "build" / f"verify.{suffix}"
        write_atomically(path, content.encode())
        sys.stdout.write(f"{path}\n")
    if not table.is_right:
        sys.stderr.write(f"{table.headline}\n")
    return 0 if table.is_right else 3
