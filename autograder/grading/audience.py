"""For whom a report is made: staff see all of it, students nothing that tells of hidden inputs.

Every output for students goes through `for_students`. Of a hidden check it keeps what the rubric
wrote and the points; the message is made again and nothing is taken over from the one for staff,
which holds inputs, results and what the student's code said about them.
"""

from dataclasses import replace

from autograder.core.message import Label, Message, Place, Row
from autograder.core.records import CheckResult, Report, Status
from autograder.homework.settings import Feedback

__all__ = ["AUDIENCES", "for_students"]

AUDIENCES = ("staff", "students")

NOT_SHOWN = Row(Label.INPUTS, "hidden, not shown")


def for_students(report: Report, feedback: Feedback) -> Report:
    """Return the report without anything that a submission could say of hidden inputs.

    Its public checks and its notes depend on no hidden check. `feedback` is what the homework's
    settings let students be told.
    """
    waiting = {
        check.function: check.waits_for
        for check in report.checks
        if check.visibility == "public" and check.waits_for == check.part
    }
    checks = [_hide(check, feedback, waiting.get(check.function, "")) for check in report.checks]
    return replace(report, checks=tuple(checks), audience="students")


def _hide(check: CheckResult, feedback: Feedback, waits_for: str) -> CheckResult:
    """Return a hidden check's title, part and points, and its mistake's name if that is allowed.

    That its file can't be imported, `waits_for`, is what the public checks say already. How it
    failed is not told either: by raising, hanging or dying at will, a submission could say more
    about an input than a score does.
    """
    if check.visibility == "public":
        return check
    has_all = check.score == check.max_score
    named = check.mistake if feedback.name_hidden_mistakes and not has_all else None
    file, _, function = check.function.partition(".")
    place = Row(Label.LOOK_AT, "", Place(f"{file}.py", function), f", {function}")
    rows = (NOT_SHOWN, *([Row(Label.MISTAKE, named)] if named else []), place)
    return CheckResult(
        id=check.id,
        part=check.part,
        function=check.function,
        title=check.title,
        status=Status.PASSED if has_all else Status.FAILED,
        score=check.score,
        max_score=check.max_score,
        visibility=check.visibility,
        message=Message(() if has_all else rows),
        mistake=named,
        explained_by=check.explained_by if named else None,
        kind=check.kind,
        is_first=check.is_first,
        waits_for="" if has_all else waits_for,
        is_bonus=check.is_bonus,
    )
