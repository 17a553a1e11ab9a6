"""What each student gets: what the grader gave, what being late costs, what a person decided.

Nothing is taken or given in silence: the remark of a grade says each step. The rules for late
submissions are those that the run was recorded with; the gradebook keeps what the grader gave.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from autograder.classroom.gradebook import Adjustment, Gradebook
from autograder.classroom.records import Result, ResultStatus, Student

__all__ = ["Grade", "list_grades", "show_points"]

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Grade:
    """One student's row.

    Attributes
    ----------
    score : float or None
        What counts; None where there is nothing to count, or where the student is excused.
    remark : str
        Sentences; empty where there is nothing to say.
    """

    student: Student
    result: Result
    score: float | None
    is_excused: bool
    remark: str

    def without_functions(self) -> "Grade":
        """Return it without what functions got, of which a class would take much memory."""
        return replace(self, result=replace(self.result, functions={}))


def list_grades(book: Gradebook, run: int) -> Iterator[Grade]:
    """Yield the grade of each student of a run, and of each submission of no known student."""
    policy, adjustments = book.run(run).policy, book.adjustments()
    for result in book.results(run):
        for student in result.students or (Student(""),):
            yield _grade(student, result, policy, adjustments.get(student.id, ()))


def _grade(
    student: Student, result: Result, policy: Mapping[str, Any], own: Sequence[Adjustment]
) -> Grade:
    remarks = [result.remark] if result.remark else []
    score: float | None = None
    if result.status == ResultStatus.GRADED:
        extra = sum([one.days for one in own])
        taken, why = _find_late_cost(result, policy, extra)
        score = max(0.0, result.score - taken)
        if math.isinf(taken):
            result = replace(result, bonus=0.0)
        remarks += [why] if why else []
    points = sum([one.points for one in own]) / 100
    if points or score is not None:
        score = max(0.0, round((score or 0.0) + points, 2))
    is_excused = any([one.is_excused for one in own])
    remarks += [_say_adjustment(one) for one in own]
    return Grade(student, result, None if is_excused else score, is_excused, " ".join(remarks))


def _find_late_cost(
    result: Result, policy: Mapping[str, Any], extra_days: float
) -> tuple[float, str]:
    """Return the points that being late costs, inf for all, and the sentence that says so."""
    if not policy.get("due"):
        return 0.0, ""
    if result.submitted is None:
        return 0.0, "When it was submitted is not known: being late costs nothing."
    due = datetime.fromisoformat(policy["due"]) + extra_days * _DAY
    days = (result.submitted - due) / _DAY
    if days <= 0:
        return 0.0, ""
    if policy["last_day"] and days > policy["last_day"]:
        last = policy["last_day"]
        return math.inf, f"It came more than {last:g} days late: none of its points count."
    begun = max(0, math.ceil(days - policy["free_days"]))
    cost = begun * policy["points_per_day"]
    cost = min(cost, policy["most_points"] or cost, result.score)
    counted = f"{begun} day{'s' * (begun != 1)} late"
    if not cost:
        return 0.0, f"{_say_days(days)} late, which costs nothing."
    return cost, f"{counted}: {show_points(cost)} points less."


def _say_days(days: float) -> str:
    return "Less than a day" if days < 1 else f"{days:.1f} days"


def _say_adjustment(one: Adjustment) -> str:
    if one.is_excused:
        what = "Excused"
    elif one.days:
        what = f"{abs(one.days):g} days {'more' if one.days > 0 else 'less'} before it is late"
    else:
        what = f"{show_points(abs(one.points) / 100)} points {'more' if one.points > 0 else 'less'}"
    return f"{what}: {one.reason.rstrip('.')}."


def show_points(points: float) -> str:
    """Return points as people write them: ``7``, ``7.5``."""
    return f"{points:.2f}".rstrip("0").rstrip(".")
