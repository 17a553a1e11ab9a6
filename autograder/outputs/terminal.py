"""The report for the terminal: plain text, or the same text in colour where a person looks at it.

A report is a list of lines, each a style and a text; styles have meaning (good, bad, weak, strong), and marks say
the same in plain text.
"""

import os
from collections.abc import Callable, Iterator
from typing import TextIO

from autograder.records import CheckResult, Report, Status

__all__ = ["print_report", "progress_listener"]

WIDTH = 78

MARKS = {
    Status.PASSED: "passed",
    Status.FAILED: "wrong",
    Status.ERROR: "error",
    Status.TIMEOUT: "time-out",
    Status.CRASHED: "crashed",
    Status.NOT_STARTED: "not started",
}

Styled = tuple[str, str]


def print_report(report: Report, stream: TextIO) -> None:
    """Print `report`; in colour on a terminal, unless NO_COLOR is set."""
    lines = list(_lines(report))
    if not _is_colourful(stream):
        stream.write("".join([f"{text}\n" for _, text in lines]))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    styles = {"good": "green", "bad": "red", "weak": "dim", "strong": "bold"}
    for style, text in lines:
        console.print(Text(text, style=styles.get(style, "")))


def _is_colourful(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    try:
        import rich  # noqa: F401
    except ImportError:
        return False
    return True


def _lines(report: Report) -> Iterator[Styled]:
    for check in _shown(report):
        yield from _check_lines(check)
    yield from _hidden_lines(report)
    yield from _printed_lines(report)
    yield from _part_lines(report)
    yield "", ""
    for note in report.notes:
        yield "strong", note
    yield "strong", f"score {_points(report.score)} of {_points(report.max_score)}"


def _shown(report: Report) -> list[CheckResult]:
    """Return the checks that get a message of their own: not those that are only not started."""
    return [
        check
        for check in report.checks
        if check.status not in (Status.PASSED, Status.NOT_STARTED) and check.visibility == "public"
    ]


def _check_lines(check: CheckResult) -> Iterator[Styled]:
    head = f"{check.function}: {check.title}"
    worth = f"{_points(check.score)} of {_points(check.max_score)} points"
    yield "bad", f"{head:<{WIDTH - len(worth) - 1}} {worth}"
    for line in check.message.split("\n"):
        yield "", f"  {line}"
    yield "", ""


def _hidden_lines(report: Report) -> Iterator[Styled]:
    """List failed hidden checks on a line each, where the same function's public checks don't tell."""
    failed = [c for c in report.checks if c.visibility == "hidden" and c.status != Status.PASSED]
    told = {c.function for c in report.checks if c.visibility == "public" and c.status != Status.PASSED}
    for check in failed:
        if check.status != Status.NOT_STARTED and check.function not in told:
            yield from _check_lines(check)


def _printed_lines(report: Report) -> Iterator[Styled]:
    for function, text in report.printed.items():
        yield "weak", f"{function} printed (only shown to you; it costs nothing):"
        for line in text.splitlines()[:5]:
            yield "weak", f"  {line[:WIDTH]}"
        yield "", ""


def _part_lines(report: Report) -> Iterator[Styled]:
    for part, title in report.parts.items():
        checks = [check for check in report.checks if check.part == part]
        if not checks:
            continue
        score, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
        yield _part_style(score, worth), _part_line(part, title, checks, score, worth)


def _part_style(score: int, worth: int) -> str:
    return "good" if score == worth else "bad" if score else "weak"


def _part_line(part: str, title: str, checks: list[CheckResult], score: int, worth: int) -> str:
    reached = f"{_points(score):>6} of {_points(worth):<5}"
    return f"{reached} {part + '.py':<18} {title[:32]:<33}{_summary(checks)}".rstrip()


def _summary(checks: list[CheckResult]) -> str:
    """Say in a few words how a part stands, by its functions."""
    functions = {check.function: Status.PASSED for check in checks}
    for check in checks:
        if check.status != Status.PASSED:
            functions[check.function] = check.status
    if set(functions.values()) == {Status.PASSED}:
        return "all right"
    if set(functions.values()) == {Status.NOT_STARTED}:
        return "not started"
    states = list(functions.values())
    wrong = sum([state not in (Status.PASSED, Status.NOT_STARTED) for state in states])
    waiting = states.count(Status.NOT_STARTED)
    words = [f"{wrong} to mend"] if wrong else []
    return ", ".join(words + ([f"{waiting} not started"] if waiting else []))


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def progress_listener(total: int, stream: TextIO) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return what to call with the number of checks decided so far, and what to call at the end.

    Draws a bar on a terminal; does nothing elsewhere.
    """
    if not _is_colourful(stream):
        return (lambda _: None), (lambda: None)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    bar = Progress("grading", BarColumn(), MofNCompleteColumn(), console=Console(file=stream), transient=True)
    task = bar.add_task("grading", total=total)
    bar.start()
    return (lambda done: bar.update(task, completed=done)), bar.stop


