"""Write the platform's own gradebook with the grades that count, and say who is not in it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder.classroom.gradebooks import Filled, fill
from autograder.classroom.grades import Grade
from autograder.classroom.records import Result, ResultStatus, Student
from autograder.core.text import list_first
from autograder.core.writing import write_atomically

__all__ = ["write_filled"]

#: So many students are named in the terminal.
MOST = 10


def write_filled(out: Path, gradebook: Path, grades: Iterable[Grade], column: str) -> list[str]:
    """Write `gradebook` with the grades into the folder `out`; return lines for the terminal.

    What is in the folder under the gradebook's name stays: a name of its own is found then.
    """
    filled = fill(gradebook, _list_results(grades), column=column or None)
    target = out / gradebook.name
    if gradebook.name == "grades.csv" or target.resolve() == gradebook.resolve():
        target = out / f"filled-{gradebook.name}"
    write_atomically(target, filled.content)
    return [*_describe(filled), f"to upload: {target}"]


def _list_results(grades: Iterable[Grade]) -> Iterator[Result]:
    """Yield what each student gets as a result of their own; those who get nothing are left out."""
    for grade in grades:
        if grade.score is None:
            continue
        row = grade.result.row if len(grade.result.students) < 2 else ""
        students = (grade.student,) if grade.student.id else ()
        yield replace(
            grade.result,
            students=students,
            row=row,
            status=ResultStatus.GRADED,
            score=grade.score,
        )


def _describe(filled: Filled) -> Iterator[str]:
    yield f"{filled.platform or 'gradebook'}: {len(filled.matched)} students have their points"
    for what, students in (
        ("several rows fit, or one row several students", filled.ambiguous),
        ("in no row", filled.unmatched),
    ):
        if students:
            yield f"{what}: {_list(students)}"
    if filled.without:
        quoted = [f'"{name}"' for name in filled.without]
        yield f"in the gradebook, without a score: {list_first(quoted, most=MOST)}"
    yield from filled.remarks


def _list(students: Iterable[Student]) -> str:
    return list_first([one.id for one in students], most=MOST)
