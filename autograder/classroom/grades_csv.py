"""The class as a table, ``grades.csv``: a row for each student, a column for each function.

The form is promised to other programs: UTF-8, RFC 4180, the header below, sorted by the first
column, the same bytes for the same class. No cell can be taken for a formula by a spreadsheet.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from autograder.classroom.exports.tables import defuse
from autograder.classroom.grades import Grade, show_points
from autograder.classroom.records import ResultStatus

__all__ = ["HEADER", "make_csv"]

HEADER = (
    "student",
    "name",
    "email",
    "submission",
    "attempt",
    "submitted",
    "late",
    "status",
    "score",
    "max_score",
    "bonus",
    "remark",
)


def make_csv(grades: Iterable[Grade], functions: Sequence[str]) -> bytes:
    """Return the table of some grades; `functions` are its last columns."""
    rows = sorted([_make_row(grade, functions) for grade in grades])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*HEADER, *map(defuse, functions)])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _make_row(grade: Grade, functions: Sequence[str]) -> list[str]:
    result, student = grade.result, grade.student
    is_graded = result.status == ResultStatus.GRADED
    own = [
        show_points(result.functions[name].score) if name in result.functions else ""
        for name in functions
    ]
    cells = (
        student.id,
        student.name,
        student.email,
        result.name,
        result.attempt,
        result.submitted.isoformat() if result.submitted else "",
        "" if result.late is None else "yes" if result.late else "no",
        result.status.value,
        "" if grade.score is None else show_points(grade.score),
        show_points(result.max_score) if is_graded else "",
        show_points(result.bonus) if is_graded else "",
        " ".join(grade.remark.split()),
        *own,
    )
    return [defuse(cell) for cell in cells]
