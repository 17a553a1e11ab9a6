"""What staff do with a class that was graded: let a run count, decide for a student, look.

Each of these changes the gradebook, or nothing, and makes the class's files again.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.classroom.feedback import find_members
from autograder.classroom.gradebook import Gradebook, open_gradebook
from autograder.classroom.gradebook_diff import compare_runs, count_moves, describe_moves
from autograder.classroom.grades import Grade, list_grades, show_points
from autograder.classroom.outputs import GRADEBOOK, write_outputs
from autograder.classroom.records import Result, ResultStatus
from autograder.errors import UsageError

__all__ = [
    "run_accept",
    "run_adjust",
    "run_comment",
    "run_diff",
    "run_show",
    "run_undo",
    "run_who",
]


@contextmanager
def _opened(out: Path) -> Iterator[tuple[Gradebook, int]]:
    """Open the class's gradebook, and yield it with the run that counts."""
    with open_gradebook(out / GRADEBOOK) as book:
        counting = book.counting
        if counting is None:
            raise UsageError(f"nothing is graded in {out} yet: grade the class first")
        yield book, counting


def run_accept(out: Path) -> int:
    """Let the newest run count."""
    with _opened(out) as (book, counting):
        newest = book.newest or counting
        if newest == counting:
            raise UsageError("there is nothing to accept: the newest run counts already")
        book.accept(newest)
        print(f"Run {newest} counts now; 'class undo --out {out}' goes back to run {counting}.")
        write_outputs(out, book)
    return 0


def run_undo(out: Path) -> int:
    """Let the run count again that did before."""
    with _opened(out) as (book, _):
        print(f"Run {book.undo()} counts again.")
        write_outputs(out, book)
    return 0


def run_diff(out: Path) -> int:
    """Say who would move if the newest run counted."""
    with _opened(out) as (book, counting):
        newest = book.newest or counting
        if newest == counting:
            print("The newest run is the one that counts: no one moves.")
            return 0
        moved = compare_runs(book, counting, newest)
        print(f"By run {newest} instead of run {counting}, {count_moves(moved)}.")
        for line in describe_moves(moved):
            print(line)
    return 0


def run_adjust(
    out: Path,
    student: str,
    *,
    points: float | None,
    days: float | None,
    excuse: bool,
    reason: str,
) -> int:
    """Record what a person decides for a student; no run ever touches it."""
    if [points is not None, days is not None, excuse].count(True) != 1:
        raise UsageError("class adjust takes one of --points N, --days N and --excuse")
    if not reason.strip():
        raise UsageError("class adjust takes --reason TEXT: the student reads it, and so will you")
    with _opened(out) as (book, counting):
        _find_grade(book, counting, student)
        book.adjust(
            student,
            points=round((points or 0) * 100),
            days=days or 0.0,
            is_excused=excuse,
            reason=" ".join(reason.split()),
        )
        print(_say_grade(_find_grade(book, counting, student)))
        write_outputs(out, book)
    return 0


def run_show(out: Path, student: str) -> int:
    """Say what is known of a student: grade, functions that lost points, history."""
    with _opened(out) as (book, counting):
        grade = _find_grade(book, counting, student)
        print(_say_grade(grade))
        for name, one in grade.result.functions.items():
            if one.score < one.max_score:
                why = one.cause or one.status
                print(f"  {show_points(one.score)} of {show_points(one.max_score)}  {name}: {why}")
        print(f"  submitted: {grade.result.name} {grade.result.attempt}".rstrip())
    return 0


def run_who(out: Path, *, mistake: str, emails: bool) -> int:
    """List the students whose answer has a cause, or is in a cluster."""
    if not mistake:
        raise UsageError("class who takes --mistake NAME: a mistake's name, or a cluster")
    with _opened(out) as (book, counting):
        results = book.results(counting)
        if ":" in mistake:
            found = list(find_members(results, mistake))
        else:
            found = [result for result in results if _has_cause(result, mistake)]
        if not found:
            sys.stderr.write(f"no one: {mistake} is the cause of nothing in this class\n")
        students = {one.id: one for result in found for one in result.students}
        for student in sorted(students):
            known = students[student]
            if not emails:
                print("\t".join([text for text in (known.id, known.name, known.email) if text]))
            elif known.email:
                print(known.email)
            else:
                sys.stderr.write(f"no e-mail address is known of {student}\n")
        for name in sorted([result.name for result in found if not result.students]):
            (sys.stderr if emails else sys.stdout).write(f"no one knows whose {name} is\n")
    return 0


def _has_cause(result: Result, mistake: str) -> bool:
    return any(
        [one.cause == mistake and one.score < one.max_score for one in result.functions.values()]
    )


def run_comment(out: Path, cluster: str, text: str) -> int:
    """Say something to everyone in a cluster, in their feedback; an empty text takes it back."""
    with _opened(out) as (book, counting):
        members = list(find_members(book.results(counting), cluster))
        if not members:
            raise UsageError(
                f"there is no one in the cluster {cluster!r}: its name is on the class's page, such"
                " as file.function:mistake"
            )
        book.comment(cluster, " ".join(text.split()))
        count = len({one.id for result in members for one in result.students})
        unknown = len([result for result in members if not result.students])
        print(f"It is in the feedback of {count + unknown} students.")
        write_outputs(out, book)
    return 0


def _find_grade(book: Gradebook, run: int, student: str) -> Grade:
    for grade in list_grades(book, run):
        if grade.student.id == student:
            return grade
    raise UsageError(f"there is no student {student!r} in this class: grades.csv lists all")


def _say_grade(grade: Grade) -> str:
    student = grade.student
    name = f" ({student.name})" if student.name else ""
    score = grade.result.status.value if grade.score is None else show_points(grade.score)
    most = ""
    if grade.score is not None and grade.result.status == ResultStatus.GRADED:
        most = f" of {show_points(grade.result.max_score)}"
    return f"{student.id}{name}: {score}{most}. {grade.remark}".rstrip()
