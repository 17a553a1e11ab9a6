"""What being late costs, and what it leaves."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.classroom.grades import list_grades
from autograder.classroom.records import Result, ResultStatus, Student

DUE = datetime(2026, 2, 20, 23, 59, tzinfo=timezone.utc)

POLICY = {
    "due": DUE.isoformat(),
    "free_days": 1,
    "points_per_day": 10,
    "most_points": 0,
    "last_day": 5,
}


@pytest.mark.parametrize(
    ("days", "score", "bonus", "remark"),
    [
        (-1, 90, 3, ""),
        (0.5, 90, 3, "Less than a day late, which costs nothing."),
        (2.5, 70, 3, "2 days late: 20 points less."),
        (6, 0, 0, "It came more than 5 days late: none of its points count."),
    ],
)
def test_being_late_costs_points_and_in_the_end_all_of_them(
    days: float, score: float, bonus: float, remark: str
) -> None:
    result = Result(
        "ada",
        (Student("ada"),),
        ResultStatus.GRADED,
        submitted=DUE + timedelta(days=days),
        score=90.0,
        max_score=100.0,
        bonus=3.0,
    )
    book: Any = SimpleNamespace(
        run=lambda _: SimpleNamespace(policy=POLICY),
        adjustments=dict,
        results=lambda _: [result],
    )
    (grade,) = list_grades(book, 1)
    assert (grade.score, grade.result.bonus, grade.remark) == (score, bonus, remark)
