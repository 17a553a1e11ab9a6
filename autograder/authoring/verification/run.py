"""The whole verification: make the rows, grade them, hold them against their rules, count."""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import astuple
from pathlib import Path
from typing import Protocol

import numpy as np

import autograder
from autograder.authoring.compiler.parallel import each_in_parallel
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.authoring.verification.mutations import (
    EQUIVALENT,
    mutation_rows,
    read_equivalents,
    stale_entries,
)
from autograder.authoring.verification.rows import Lost, Outcome, Row, Verdict
from autograder.authoring.verification.table import Table, tabulate
from autograder.authoring.verification.variants import read_modules, variant_rows, whole_rows
from autograder.authoring.verification.wrong_functions import (
    fact_rows,
    mistake_rows,
    promise_rows,
)
from autograder.core.writing import write_atomically
from autograder.errors import UsageError
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.homework.settings import About

__all__ = [
    "ROWS_FILE",
    "Finished",
    "all_rows",
    "chosen_rows",
    "grade_rows",
    "grader_digest",
    "verify",
]

#: What is known from earlier runs, below the homework's root.
ROWS_FILE = Path("build", "verify", "rows.jsonl")

#: Called with the number of rows that are done.
Progress = Callable[[int], None]


# ---- what earlier runs found

#: The grader's own sources.
PACKAGE = Path(autograder.__file__).parent


def grader_digest(key_digest: str, *, package: Path = PACKAGE) -> str:
    """Return a digest of everything but the submission that a row's outcome may depend on.

    The key's digest stands for solution and rubric. All sources of the grader count, so that no
    list says which of them do.
    """
    summary = hashlib.sha256(key_digest.encode())
    summary.update(f"{platform.python_version()} {np.__version__}".encode())
    for file in sorted(package.rglob("*.py")):
        _update(summary, file.relative_to(package).as_posix(), file.read_bytes())
    return summary.hexdigest()


def _update(summary: "hashlib._Hash", name: str, content: bytes) -> None:
    summary.update(f"{name} {len(content)}\n".encode())
    summary.update(content)


class Finished:
    """Outcomes by row, read from a file and added to it.

    A line is dropped if it is of none of the `rows`, or of one that is in `forget`, or was graded
    by another `grader`, as of `grader_digest`.
    """

    def __init__(
        self, path: Path, grader: str, rows: Iterable[Row], *, forget: Collection[str] = ()
    ) -> None:
        self.path = path
        self._grader = grader
        self._digests = {row.identity: self._digest(row.files) for row in rows}
        self._outcomes = {row: o for row, o in self._read().items() if row not in forget}
        lines = [self._line(identity, outcome) for identity, outcome in self._outcomes.items()]
        write_atomically(path, "".join(lines).encode())

    def outcome(self, row: Row) -> Outcome | None:
        """Return what grading this row came to, None where it is not known."""
        return self._outcomes.get(row.identity)

    def add(self, row: Row, outcome: Outcome) -> None:
        """Write an outcome down, unless it is known or there is none."""
        if outcome.failure or row.identity in self._outcomes:
            return
        self._outcomes[row.identity] = outcome
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self._line(row.identity, outcome))

    def _digest(self, files: Mapping[str, bytes]) -> str:
        summary = hashlib.sha256(self._grader.encode())
        for name in sorted(files):
            _update(summary, name, files[name])
        return summary.hexdigest()

    def _line(self, identity: str, outcome: Outcome) -> str:
        content = {"row": identity, "digest": self._digests[identity], "score": outcome.score}
        lost = [astuple(one) for one in outcome.lost]
        return json.dumps(content | {"lost": lost}) + "\n"

    def _read(self) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        if not self.path.is_file():
            return outcomes
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                content = json.loads(line)
                identity, digest = content["row"], content["digest"]
                lost = tuple([Lost(*one) for one in content["lost"]])
                outcome = Outcome(content["score"], lost)
            except (ValueError, LookupError, TypeError):
                continue
            if self._digests.get(identity) == digest:
                outcomes[identity] = outcome
        return outcomes


# ---- the run


class RowGrader(AbstractContextManager["RowGrader"], Protocol):
    """What grades rows in a process; see `autograder.authoring.verification.grading.Grader`."""

    def grade(self, row: Row) -> Outcome:
        """Return what a row comes to."""


def all_rows(homework: Homework, key: Key, reference: Reference) -> Iterator[Row]:
    """Yield every row, in the order of the table."""
    exam = load_exam(homework.solution)
    solution = read_modules(homework.solution)
    equivalents = read_equivalents(homework.root / EQUIVALENT)
    points = key.worth_of(key.checks)
    yield from whole_rows(homework, points)
    yield from mistake_rows(exam, reference)
    yield from fact_rows(exam.questions, key, reference)
    yield from promise_rows(exam.promises, reference)
    yield from mutation_rows(solution, list(key.functions), equivalents)
    yield from variant_rows(_find_submissions(homework), solution, points)


def _find_submissions(homework: Homework) -> Path:
    """Return the folder of known submissions, which may be missing where no setting names it."""
    name = homework.settings.homework.submissions
    folder = homework.root / name
    if name != About.submissions and not folder.is_dir():
        raise UsageError(f"homework.ini: [homework] submissions: there is no folder {name}")
    return folder


def chosen_rows(rows: list[Row], only: str) -> list[Row]:
    """Return the rows whose identity contains `only`; a UsageError where there is none."""
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
        lambda name, _: grader.grade(new[name]), list(new), within=lambda: grader
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
    """Grade rows, if `only` is in their identity, and say what is wrong with them.

    What is graded is written down in the homework's ``build/``; `fresh` grades those again that
    are known from an earlier run. `progress` is called after each row.
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
        f"{EQUIVALENT.name} lists '{name}', which is no change of the solution: remove it"
        for name in stale
        if only in f"mutation: {name}"
    ]
    seconds = time.monotonic() - started
    return tabulate(key, verdicts, faults, is_complete=not only, seconds=seconds, known=known)
