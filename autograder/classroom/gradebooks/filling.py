"""Fill points into a gradebook that a platform exported, and change nothing else.

Nothing is invented: a student whom no row or several rows fit is listed and gets nothing, and so is
everyone in the gradebook without a score. Where a platform would take a row or a column as it was
for a change of what is newer there, it is left out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.classroom.exports.rosters import name_keys
from autograder.classroom.exports.tables import Table, defuse, read_table, write_table
from autograder.classroom.gradebooks.kinds import (
    Columns,
    Kind,
    find_columns,
    find_kind,
    is_row_of_student,
)
from autograder.classroom.records import Result, ResultStatus, Student
from autograder.intake.listing import listed

__all__ = ["Filled", "fill"]

#: How Blackboard and Brightspace say in a header how many points there are.
_MOST = re.compile(r"(?:Total Pts: |MaxPoints:)(\d+(?:[.,]\d+)?)")

#: What stands in a cell that staff filled with no number: excused, or not assigned.
_NOT_OURS = frozenset({"ex", "excused", "n/a"})


@dataclass(frozen=True)
class Filled:
    """A gradebook with points, as the platform takes it back.

    Attributes
    ----------
    platform : str
        Whose gradebook it is; "" for one of a person.
    content : bytes
        The file.
    matched, ambiguous, unmatched : tuple of Student
        Students with a score: whose row has it now, whom several rows or who with others fits one
        row, and whom no row fits.
    without : tuple of str
        Whom the gradebook has and who has no score.
    remarks : tuple of str
        Sentences about what the platform would make of it.
    """

    platform: str
    content: bytes
    matched: tuple[Student, ...] = ()
    ambiguous: tuple[Student, ...] = ()
    unmatched: tuple[Student, ...] = ()
    without: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def fill(gradebook: Path, results: Iterable[Result], *, column: str | None = None) -> Filled:
    """Fill the points of a class, with extra credit, into a platform's own gradebook.

    Parameters
    ----------
    gradebook : Path
        A CSV file that the platform exported. It is not changed.
    results : iterable of Result
        One for each submission that counts. Those that are not graded are passed over.
    column : str, optional
        The title or the number of the column to fill, where there are several.

    Returns
    -------
    Filled
        The file's new content, and who is in it.

    Raises
    ------
    UsageError
        If it is no gradebook, or the column is missing or one of several.
    """
    table = read_table(gradebook)
    kind = find_kind(table)
    columns = find_columns(table, kind, column)
    rows = [i for i, row in enumerate(table.rows) if i and is_row_of_student(kind, columns, row)]
    matches = _match(table, rows, columns, [one for one in results if _is_graded(one)])
    writing = _Writing(table, kind, columns)
    for index, match in matches.points.items():
        writing.put(index, match)
    content = write_table(writing.make_table())
    return Filled(
        kind.platform,
        content,
        tuple([one for i, one in matches.students.items() if i in writing.points]),
        tuple(matches.ambiguous),
        tuple(matches.unmatched),
        tuple([_name(table, columns, i) for i in rows if i not in writing.points]),
        tuple(writing.list_remarks()),
    )


def _is_graded(result: Result) -> bool:
    return result.status == ResultStatus.GRADED


@dataclass(frozen=True)
class _Matches:
    """Who gets what in which row."""

    points: Mapping[int, Result]
    students: Mapping[int, Student]
    ambiguous: Sequence[Student]
    unmatched: Sequence[Student]


def _match(
    table: Table, rows: Sequence[int], columns: Columns, results: Sequence[Result]
) -> _Matches:
    finder = _Finder(table, rows, columns)
    hits: dict[int, list[tuple[Student, Result]]] = {}
    ambiguous, unmatched = [], []
    for result in results:
        row = result.row if len(result.students) < 2 else ""
        for student in result.students or (Student(result.row or result.name),):
            found = finder.find(student, row)
            if not found:
                unmatched.append(student)
            elif len(found) > 1:
                ambiguous.append(student)
            else:
                hits.setdefault(min(found), []).append((student, result))
    single = {index: pairs[0] for index, pairs in hits.items() if len(pairs) == 1}
    ambiguous += [student for pairs in hits.values() if len(pairs) > 1 for student, _ in pairs]
    return _Matches(
        {index: result for index, (_, result) in single.items()},
        {index: student for index, (student, _) in single.items()},
        ambiguous,
        unmatched,
    )


class _Finder:
    """The rows of a gradebook by who they are about."""

    def __init__(self, table: Table, rows: Sequence[int], columns: Columns) -> None:
        self.by_own: dict[str, set[int]] = {}
        self.by_key: dict[str, set[int]] = {}
        self.by_name: dict[str, set[int]] = {}
        for index in rows:
            cells = table.rows[index]
            for place, column in enumerate(columns.keys):
                key = _clean(_get(cells, column))
                if not place:
                    self.by_own.setdefault(key, set()).add(index)
                    self.by_own.setdefault(key.rpartition(" ")[2], set()).add(index)
                self.by_key.setdefault(key, set()).add(index)
            for name in name_keys(_name(table, columns, index)):
                self.by_name.setdefault(name, set()).add(index)

    def find(self, student: Student, row: str) -> set[int]:
        """Return the rows that may be a student's: by the platform's own number before all else."""
        if row and (own := self.by_own.get(_clean(row))):
            return own
        keys = [key for key in (_clean(student.id), _clean(student.email)) if key]
        found = {index for key in keys for index in self.by_key.get(key, ())}
        if found:
            return found
        return {i for name in name_keys(student.name)[:1] for i in self.by_name.get(name, ())}


def _clean(key: str) -> str:
    return " ".join(key.casefold().split()).removeprefix("'").removeprefix("#")


def _get(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _name(table: Table, columns: Columns, index: int) -> str:
    return " ".join([_get(table.rows[index], column) for column in columns.names]).strip()


class _Writing:
    """A gradebook as it gets its points."""

    def __init__(self, table: Table, kind: Kind, columns: Columns) -> None:
        self.table, self.kind, self.columns = table, kind, columns
        self.points: dict[int, str] = {}
        self.not_ours: list[str] = []
        self.above: list[str] = []
        self.most: set[float] = set()
        texts = [cell for row in table.rows[1:] for i, cell in enumerate(row)
                 if i not in (*columns.keys, *columns.names)]  # fmt: skip
        commas = [text for text in texts if text.count(",") == 1 and _read_number(text) is not None]
        has_points = any(["." in text and _read_number(text) is not None for text in texts])
        self.has_comma = bool(commas) and not has_points

    def put(self, index: int, result: Result) -> None:
        """Put a result's points into a row, unless staff said something else there."""
        row = self.table.rows[index]
        self.most.add(result.max_score)
        if _get(row, self.columns.points).strip().casefold() in _NOT_OURS:
            self.not_ours.append(_name(self.table, self.columns, index))
            return
        points = result.score + result.bonus
        if self.columns.most is not None:
            most = _read_number(_get(row, self.columns.most))
            if most is not None and points > most:
                self.above.append(_name(self.table, self.columns, index))
                points = most
        text = f"{points:.2f}".rstrip("0").rstrip(".")
        self.points[index] = text.replace(".", ",") if self.has_comma else text

    def make_table(self) -> Table:
        """Return the table with the points, in the form in which the platform takes it."""
        written = []
        for index, row in enumerate(self.table.rows):
            is_of_someone = index > 0 and _get(row, self.columns.keys[0]).strip() != ""
            if is_of_someone and index not in self.points and self.kind.is_cut:
                continue
            cells = [self._make_cell(index, row, column) for column in self.columns.kept]
            written.append(tuple(cells))
        if self.kind.platform == "Moodle":  # it reads nothing else
            return replace(self.table, rows=tuple(written), delimiter=",", encoding="utf-8")
        return replace(self.table, rows=tuple(written))

    def _make_cell(self, index: int, row: Sequence[str], column: int) -> str:
        cell = _get(row, column)
        if column == self.columns.points and index:
            is_total = self.kind.platform == "Canvas" and _read_number(cell) is not None
            own = "" if is_total and not is_row_of_student(self.kind, self.columns, row) else cell
            return self.points.get(index, own)
        is_name = column not in self.columns.keys and index > 0 and cell != "-"  # Moodle's no date
        return defuse(cell) if is_name else cell

    def list_remarks(self) -> list[str]:
        remarks = []
        possible = self._find_possible()
        ours = max(self.most, default=None)
        if possible is not None and ours is not None and possible != ours:
            remarks.append(
                f"The gradebook has {possible:g} points for this, the homework {ours:g}: nothing is"
                " scaled."
            )
        if self.not_ours:
            remarks.append(f"Excused or not assigned there, and left so: {_quote(self.not_ours)}.")
        if self.above:
            remarks.append(
                "Moodle takes no more than its maximum, which these have now, with extra credit:"
                f" {_quote(self.above)}."
            )
        if self.kind.platform == "Moodle":
            remarks.append(
                "When you upload it a second time, tick the box to update records that have been"
                " modified more recently than the worksheet: without it Moodle passes them by."
            )
        return remarks

    def _find_possible(self) -> float | None:
        """Return how many points the gradebook has for this, where it says so."""
        if self.columns.most is not None:
            return _read_number(_get(self.table.rows[1], self.columns.most))
        if match := _MOST.search(self.table.header[self.columns.points]):
            return _read_number(match[1])
        for row in self.table.rows[1:4]:
            if self.kind.platform == "Canvas" and "points possible" in row[0].casefold():
                return _read_number(_get(row, self.columns.points))
        return None


def _quote(names: Sequence[str]) -> str:
    """List names, in which there are commas."""
    return listed([f'"{name}"' for name in names])


def _read_number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
