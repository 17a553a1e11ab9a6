"""The whole verification: make the rows, grade them, hold them against their rules, count."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Protocol

from autograder.authoring.compiler.parallel import each_in_parallel
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.authoring.verification.facts import fact_rows
from autograder.authoring.verification.finished import Finished, grader_digest
from autograder.authoring.verification.mistakes import mistake_rows
from autograder.authoring.verification.mutations import (
    EQUIVALENT,
    mutation_rows,
    read_equivalents,
    stale_entries,
)
from autograder.authoring.verification.rates import by_function, by_kind, kill_rates, never_lost
from autograder.authoring.verification.rows import Outcome, Row, Verdict
from autograder.authoring.verification.table import Table
from autograder.authoring.verification.variants import read_modules, variant_rows, whole_rows
from autograder.errors import UsageError
from autograder.homework.folder import Homework
from autograder.homework.key import Key

__all__ = ["ROWS_FILE", "all_rows", "chosen_rows", "grade_rows", "tabulate", "verify"]

#: What is known from earlier runs, below the homework's root.
ROWS_FILE = Path("build", "verify", "rows.jsonl")

#: Called with the number of rows that are done.
Progress = Callable[[int], None]


class RowGrader(AbstractContextManager["RowGrader"], Protocol):
    """What grades rows in a process; see `autograder.authoring.verification.grading.Grader`."""

    def grade(self, row: Row) -> Outcome:
        """Return what a row comes to."""


def all_rows(homework: Homework, key: Key, reference: Reference) -> Iterator[Row]:
    """Yield every row, in the order of the table."""
    exam = load_exam(homework.solution)
    solution = read_modules(homework.solution)
    equivalents = read_equivalents(homework.root / EQUIVALENT)
    points = sum([check.points for check in key.checks])
    yield from whole_rows(homework, points)
    yield from mistake_rows(exam, reference)
    yield from fact_rows(exam.questions, key, reference)
    yield from mutation_rows(solution, list(key.functions), equivalents)
    yield from variant_rows(
        homework.root / homework.settings.homework.submissions, solution, points
    )


def chosen_rows(rows: list[Row], only: str) -> list[Row]:
    """Return the rows whose identity contains `only`.

    Raises
    ------
    UsageError
        If there is none.
    """
    chosen = [row for row in rows if only in row.identity]
    if not chosen:
        raise UsageError(f"none of the {len(rows)} rows has '{only}' in its name")
    return chosen


def grade_rows(
    rows: list[Row], finished: Finished, grader: RowGrader
) -> Generator[tuple[Row, Outcome], None, None]:
    """Yield each row's outcome as it comes: those known first, the others from all cores.

    The grader is entered in each of the processes; a new outcome is added to `finished` at once.
    """
    new = {}
    for row in rows:
        known = finished.outcome(row)
        if known is None:
            new[row.identity] = row
        else:
            yield row, known
    graded = each_in_parallel(
        lambda name: grader.grade(new[name]), list(new), within=lambda: grader
    )
    with closing(graded):
        for name, outcome in graded:
            finished.add(new[name], outcome)
            yield new[name], outcome


def verify(
    homework: Homework,
    key: Key,
    *,
    rows: list[Row],
    grader: RowGrader,
    only: str = "",
    fresh: bool = False,
    progress: Progress = lambda _: None,
) -> Table:
    """Grade rows and say what is wrong with them.

    Parameters
    ----------
    homework, key, rows, grader
        What is graded is written down in the homework's ``build/``.
    only : str, optional
        Look only at rows whose identity contains this.
    fresh : bool, optional
        Whether to grade them again where they are known from an earlier run.
    progress : callable, optional
        Called after each row.
    """
    started = time.monotonic()
    chosen = chosen_rows(rows, only)
    forget = [row.identity for row in chosen] if fresh else []
    finished = Finished(homework.root / ROWS_FILE, grader_digest(key.digest), rows, forget=forget)
    known = sum([finished.outcome(row) is not None for row in chosen])
    outcomes: dict[str, Outcome] = {}
    with closing(grade_rows(chosen, finished, grader)) as graded:
        for row, outcome in graded:
            outcomes[row.identity] = outcome
            progress(len(outcomes))
    verdicts = [Verdict.of(row, outcomes[row.identity]) for row in chosen]
    stale = stale_entries(read_equivalents(homework.root / EQUIVALENT), rows)
    faults = [
        f"{EQUIVALENT.name} lists '{name}', which is no change of the solution: take it out"
        for name in stale
        if only in f"mutation: {name}"
    ]
    seconds = time.monotonic() - started
    return tabulate(key, verdicts, faults, is_complete=not only, seconds=seconds, known=known)


def tabulate(
    key: Key,
    verdicts: list[Verdict],
    faults: list[str],
    *,
    is_complete: bool = True,
    seconds: float = 0.0,
    known: int = 0,
) -> Table:
    """Count what the verdicts come to; only of all rows is it known which checks decide nothing."""
    rates = kill_rates(key, verdicts)
    functions = by_function(verdicts, key.functions)
    if not is_complete:
        rates = tuple([rate for rate in rates if rate.rows])
        functions = tuple([share for share in functions if share.rows])
    return Table(
        tuple(verdicts),
        tuple(faults),
        by_kind(verdicts),
        functions,
        rates,
        never_lost(key, verdicts) if is_complete else (),
        seconds,
        known,
    )
