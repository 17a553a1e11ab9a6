"""The whole verification: make the rows, grade them, hold them against their rules, count."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.authoring.verification.facts import fact_rows
from autograder.authoring.verification.finished import Finished, grader_digest
from autograder.authoring.verification.grading import Grade, grade_rows, run_command
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

__all__ = ["ROWS_FILE", "all_rows", "chosen_rows", "tabulate", "verify"]

#: What is known from earlier runs, below the homework's root.
ROWS_FILE = Path("build", "verify", "rows.jsonl")

#: The folder of right and wrong submissions of the project's own tests.
VARIANTS = Path("tests", "submissions")

#: Called with the number of rows that are done.
Progress = Callable[[int], None]


def all_rows(homework: Homework, key: Key) -> Iterator[Row]:
    """Yield every row, in the order of the table.

    Parameters
    ----------
    homework : Homework
        With its sources.
    key : Key
        The full key, up to date.
    """
    exam = load_exam(homework.solution)
    solution = read_modules(homework.solution)
    equivalents = read_equivalents(homework.root / EQUIVALENT)
    yield from whole_rows(homework)
    yield from mistake_rows(exam, solution)
    yield from fact_rows(exam.questions, key, Reference(homework.solution), solution)
    yield from mutation_rows(solution, list(key.functions), equivalents)
    yield from variant_rows(homework.root / VARIANTS, solution)


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


def verify(
    homework: Homework,
    key: Key,
    *,
    rows: list[Row],
    only: str = "",
    fresh: bool = False,
    progress: Progress = lambda _: None,
    grade: Grade | None = None,
) -> Table:
    """Grade rows and say what is wrong with them.

    Parameters
    ----------
    homework : Homework
        With its sources; what is graded is written down in its ``build/``.
    key : Key
        The full key, up to date.
    rows : list of Row
        As of `all_rows`.
    only : str, optional
        Look only at rows whose identity contains this.
    fresh : bool, optional
        Whether to grade them again where they are known from an earlier run.
    progress : callable, optional
        Called after each row.
    grade : callable, optional
        In place of the real command.
    """
    started = time.monotonic()
    chosen = chosen_rows(rows, only)
    path = homework.root / ROWS_FILE
    forget = [row.identity for row in chosen] if fresh else []
    finished = Finished(path, grader_digest(homework, key.digest), rows, forget=forget)
    known = sum([finished.outcome(row) is not None for row in chosen])
    outcomes: dict[str, Outcome] = {}
    with closing(
        grade_rows(chosen, finished, grade or partial(run_command, homework=homework))
    ) as graded:
        for row, outcome in graded:
            outcomes[row.identity] = outcome
            progress(len(outcomes))
    verdicts = [Verdict.of(row, outcomes[row.identity]) for row in chosen]
    stale = stale_entries(read_equivalents(homework.root / EQUIVALENT), rows)
    faults = [
        f"{EQUIVALENT.name} lists '{name}', which is no change of the solution"
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
    """Count what the verdicts come to.

    Parameters
    ----------
    key : Key
        Its checks and functions, in order.
    verdicts : list of Verdict
        In the rows' order.
    faults : list of str
        Sentences about what is no row.
    is_complete : bool, optional
        Whether these are all rows: only then is it known which checks decide nothing.
    seconds, known : optional
        For the headline; see `Table`.
    """
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
