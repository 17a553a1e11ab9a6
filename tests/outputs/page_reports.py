"""Reports made by hand, for tests of pages: every status, and markup in every field."""

import numpy as np
from page_submissions import EVIL

from autograder.core.message import Label, Message, Place, Row, Snippet
from autograder.core.records import Argument, CheckResult, Compared, Example, Report, Status

__all__ = ["STATUSES", "check", "evil_report", "example"]

STATUSES = (
    Status.PASSED,
    Status.FAILED,
    Status.ERROR,
    Status.TIMEOUT,
    Status.CRASHED,
    Status.NOT_STARTED,
)


def example(text: str = "f") -> Example:
    """Return an example with `text` wherever a text can be."""
    right = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    wrong = np.array([[False, True, False], [False, False, True]])
    return Example(
        call=f"{text}(x)",
        arguments=(
            Argument(text, right, right.shape, f"t {text}"),
            Argument(text, 0.5),
            Argument(text, text),
            Argument(text, None, (4000, 3), text),
        ),
        results=(
            Compared(text, right, right + wrong, wrong, remark=text),
            Compared(text, expected_type=text, got_type=text),
            Compared(text, np.ones((2, 2, 2)), np.ones((2, 2)), remark=text),
            Compared(text, got=right),
        ),
    )


def check(
    number: int, status: Status, text: str = "f", *, visibility: str = "public"
) -> CheckResult:
    """Return a check with `text` wherever a text can be."""
    rows = (
        Row(Label.CALLED, f"{text}(x)"),
        Row(Label.INPUT, f"x = {text}\ny = {text}"),
        Row(Label.EXPECTED, text),
        Row(Label.GOT, f"{text}\n{text}"),
        Row(Label.RAISED, f"{text}\n", after=text, exception=text),
        Row(Label.AT, "", Place(text, line=3), f": {text}", caret=text),
        Row(Label.TO_DO, text, Place(text, text, is_in_notebook=True, label=text), text),
        Row(Label.FIRST, text),
        Row(Label.LIKELY, text),
        Row(Label.LOOK_AT, text),
    )
    snippet = Snippet(text, text, (f"print({text})", f"# {text}"))
    return CheckResult(
        id=f"{number}.{text}",
        part=text,
        function=f"{text}.{text}",
        title=text,
        status=status,
        score=100 if status == Status.PASSED else 0,
        max_score=100,
        visibility=visibility,
        message=Message() if status == Status.PASSED else Message(rows, snippet),
        mistake=text,
        example=None if status == Status.PASSED else example(text),
    )


def evil_report(*, is_finished: bool = True) -> Report:
    """Return a report with markup in every field that a text can be in."""
    checks = [check(number, status, EVIL) for number, status in enumerate(STATUSES)]
    return Report(
        checks=tuple(checks),
        max_score=600,
        parts={EVIL: EVIL},
        is_finished=is_finished,
        notes=(EVIL, EVIL),
        environment={EVIL: EVIL},
        printed={f"{EVIL}.{EVIL}": EVIL},
    )
