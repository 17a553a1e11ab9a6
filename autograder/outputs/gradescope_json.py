"""The report as Gradescope's ``results.json``: one test for each check, made for students.

Whatever the platform may show to students, now or with published grades, is from the report that
`autograder.grading.audience` makes for them. ``extra_data`` is part of that: the documentation does
not say who sees it.

Of the tests of a block (`autograder.outputs.groups`), the first one has the message, the others say
which one that is and what is different with them.

Texts are HTML, of the few tags of `autograder.outputs.html.fragments.ALLOWED`, since the platform
sanitizes what it shows; names of tests are text.

Source of every field: https://gradescope-autograders.readthedocs.io/en/latest/specs/ (sections
Output format, Controlling Test Case Visibility, Test case status, Output String Formatting). Needs
nothing but the standard library, so that there can be results before anything else is loaded.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from autograder import __version__
from autograder.core.records import CheckResult, Report, Status
from autograder.grading.audience import for_students
from autograder.homework.settings import Feedback
from autograder.outputs.groups import (
    Block,
    gather_blocks,
    leaves_aside,
    reached_text,
    worth_text,
)
from autograder.outputs.html.fragments import message_html, printed_html
from autograder.outputs.report_json import points

__all__ = ["to_gradescope"]

#: When students see a test, in Gradescope's words. Public checks they can run themselves.
VISIBILITY = {"public": "visible", "hidden": "after_published"}


def to_gradescope(
    report: Report, *, feedback: Feedback, execution_seconds: float, metadata: Mapping[str, Any]
) -> bytes:
    """Return the report as UTF-8 JSON, one object, valid at every stage of the run.

    The report may be unfinished, for staff or not; an unfinished one has its score so far, and says
    so first. ``tests`` is left out as long as no check is decided. `execution_seconds` leave hidden
    checks aside; `metadata` is the content of ``submission_metadata.json``, empty where there is
    none.
    """
    report = for_students(report, feedback)
    content: dict[str, Any] = {
        # More than the assignment's points where there is extra credit: no bound is documented.
        "score": points(report.score + report.bonus),
        "execution_time": round(execution_seconds, 2),
        "output": _summarize(report),
        "output_format": "html",
        "stdout_visibility": "hidden",
        "extra_data": _collect_extra(report, metadata),
    }
    if report.checks:
        content["tests"] = list(_list_tests(report))
    return (json.dumps(content, indent=1, ensure_ascii=True) + "\n").encode()


def _list_tests(report: Report) -> Iterator[dict[str, Any]]:
    numbers, followers = _number_checks(report), _find_followers(report)
    untold = dict(report.printed)
    for check in _leave_out_aside(report):
        printed = untold.pop(check.function, "") if check.visibility == "public" else ""
        test = {
            "number": numbers[check.id],
            "name": f"{'extra credit: ' * check.is_bonus}{check.function}: {check.title}",
            "score": points(check.score),
            "max_score": points(check.max_score),
            "status": "passed" if check.status == Status.PASSED else "failed",
            "visibility": VISIBILITY[check.visibility],
            "extra_data": {
                "id": check.id,
                "status": check.status,
                "misconception": check.mistake,
                "explained_by": check.explained_by,
            },
        }
        block = followers.get(check.id)
        output = _write_output(check, printed, _point_at(block, check, numbers) if block else "")
        yield test | ({"output": output, "output_format": "html"} if output else {})


def _leave_out_aside(report: Report) -> list[CheckResult]:
    """Return the checks without those of extra credit that is left aside: nothing of it failed.

    A public one stays or goes by what the public ones say, a hidden one by its points, too.
    """
    own: dict[str, list[CheckResult]] = {}
    for check in report.checks:
        if check.visibility == "public":
            own.setdefault(check.function, []).append(check)
    aside = {name for name, checks in own.items() if leaves_aside(checks)}
    return [check for check in report.checks if check.function not in aside or check.score]


def _number_checks(report: Report) -> dict[str, str]:
    """Return for each check's id the number of its part and its own number in it."""
    parts = list(report.parts)
    numbers = {}
    counts: dict[str, int] = {}
    for check in report.checks:
        counts[check.part] = counts.get(check.part, 0) + 1
        numbers[check.id] = f"{parts.index(check.part) + 1}.{counts[check.part]}"
    return numbers


def _find_followers(report: Report) -> dict[str, Block]:
    """Return by id the public checks of which another one of their block tells.

    Blocks of the public checks alone: what students see at once depends on no hidden one.
    """
    blocks = gather_blocks([check for check in report.checks if check.visibility == "public"])
    return {c.id: block for block in blocks if not block.is_carried for c in block.checks[1:]}


def _point_at(block: Block, check: CheckResult, numbers: Mapping[str, str]) -> str:
    """Say which test to look at first, and what is wrong beside it."""
    said = f"<p>See test {numbers[block.checks[0].id]} first, about {escape(block.name)}.</p>"
    cause = block.own_cause(check)
    return f"{said}\n<p>This check: {escape(cause)}</p>" if cause else said


def _write_output(check: CheckResult, printed: str, instead: str) -> str:
    # In words as well: whether the platform's sanitizer lets tables through is not documented.
    pieces = [instead or message_html(check, in_words=True)]
    if printed:
        pieces.append(printed_html(check.function, printed))
    return "\n".join([piece for piece in pieces if piece])


def _summarize(report: Report) -> str:
    """Say how the submission as a whole stands, but nothing that a hidden check has a share in.

    Students see this at once; Gradescope itself withholds the total while tests are hidden.
    """
    pieces = [f"<p>{escape(note)}</p>" for note in _order_notes(report)]
    lines = list(_list_points(report))
    if lines:
        pieces.append("\n".join(["<ul>", *[f"<li>{line}</li>" for line in lines], "</ul>"]))
    return "\n".join(pieces)


def _list_points(report: Report) -> Iterator[str]:
    """Yield the points by part as a list: no sanitizer is known to take those away."""
    public = [check for check in report.checks if check.visibility == "public"]
    for part, title in report.parts.items():
        checks = [check for check in public if check.part == part]
        if checks and not leaves_aside(checks):
            is_bonus = part in report.bonus_parts
            reached = f"<strong>{'+' * is_bonus}{reached_text(checks)}</strong>"
            state = ", extra credit" * is_bonus
            yield f"{reached}: <code>{escape(part)}.py</code>, {escape(title)}{state}"
    counted = [check for check in report.checks if not check.is_bonus]
    hidden = sum([check.max_score for check in counted if check.visibility != "public"])
    if public := [check for check in counted if check.visibility == "public"]:
        yield f"<strong>{reached_text(public)}</strong> in the checks that are shown now"
    if hidden:
        are = "is" if hidden == 100 else "are"
        more = worth_text(hidden).replace(" ", " more ")
        yield f"{more}, on hidden inputs, {are} shown with published grades"


def _order_notes(report: Report) -> tuple[str, ...]:
    if report.is_finished:
        return report.notes
    return (*report.notes[-1:], *report.notes[:-1])  # why it is unfinished comes last in the record


def _collect_extra(report: Report, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what staff may ask later: which grader, in which surroundings, which submission."""
    return {
        "finished": report.is_finished,
        "autograder": __version__,
        "environment": dict(report.environment),
        "submission_id": metadata.get("id"),
    }
