"""The report as plain text: a list of lines, each a style and a text.

Styles have meaning (good, bad, weak, strong), and marks say the same where there are no colours.
"""

import textwrap
from collections.abc import Iterator
from typing import TextIO

from autograder.records import CheckResult, Report, Status

__all__ = ["Styled", "print_plain", "styled_lines"]

WIDTH = 78

Styled = tuple[str, str]


def print_plain(report: Report, stream: TextIO) -> None:
    """Print `report` without colours."""
    stream.write("".join([f"{text}\n" for _, text in styled_lines(report)]))


def styled_lines(report: Report) -> Iterator[Styled]:
    """Yield the report's lines."""
    for checks in _grouped(_shown(report)):
        yield from _group_lines(checks)
    yield from _printed_lines(report)
    yield from _part_lines(report)
    yield "", ""
    for note in report.notes:
        for piece in textwrap.wrap(note, WIDTH):
            yield "strong", piece
    yield "strong", f"score {_points(report.score)} of {_points(report.max_score)}"


def _shown(report: Report) -> list[CheckResult]:
    """Return the checks that get a line of their own: not those that are only not started."""
    hushed = (Status.PASSED, Status.NOT_STARTED)
    return [check for check in report.checks if check.status not in hushed]


def _grouped(checks: list[CheckResult]) -> list[list[CheckResult]]:
    """Put the checks of a function together that fail for one cause."""
    groups: dict[tuple[str, str], list[CheckResult]] = {}
    for check in checks:
        is_lost = check.score < check.max_score
        cause = _cause(check) if is_lost else "carried"
        groups.setdefault((check.function, cause), []).append(check)
    return list(groups.values())


def _cause(check: CheckResult) -> str:
    """Return what is the same for checks that fail for one reason."""
    if check.status != Status.FAILED:
        return check.status
    if check.misconception is not None:
        return check.misconception
    is_value = check.id.endswith((".values", ".hidden"))
    return "values" if is_value else check.id


def _group_lines(checks: list[CheckResult]) -> Iterator[Styled]:
    if checks[0].score == checks[0].max_score:
        yield "good", f"{checks[0].function}: carried along, every point kept"
    for check in [check for check in checks if check.score < check.max_score]:
        head = f"{check.function}: {check.title}"
        worth = f"{_points(check.score)} of {_points(check.max_score)} points"
        if len(head) + 1 + len(worth) > WIDTH:
            yield "bad", head
            head = ""
        yield "bad", f"{head:<{WIDTH - len(worth) - 1}} {worth}"
    yield from _message_lines(checks[0])
    yield "", ""


def _message_lines(check: CheckResult) -> Iterator[Styled]:
    """Yield a message's lines: without the input where Python code shows it again, below."""
    table, see_it, code = check.message.partition("\nsee it ")
    lines = table.split("\n")
    if check.score == check.max_score:
        lines = [line for line in lines if line.startswith("carried")]
    elif see_it:
        lines = list(_without_input(lines))
    for line in [*lines, *(["see it " + code.partition("\n")[0]] if see_it else [])]:
        for piece in _wrapped(line):
            yield "", f"  {piece}"
    for line in code.split("\n")[1:]:  # from the margin on: it is there to be pasted
        yield "weak", line


def _without_input(lines: list[str]) -> Iterator[str]:
    is_input = False
    for line in lines:
        is_input = line.startswith("input") or (is_input and line.startswith(" "))
        if not is_input:
            yield line


def _wrapped(line: str) -> list[str]:
    """Wrap sentences under their column; code and rows of numbers stay as they are."""
    if not line.startswith(
        ("likely", "first", "carried", "raised", "problem", "got  ", "property")
    ):
        return [line]
    return textwrap.wrap(line, WIDTH - 2, subsequent_indent=" " * 11) or [line]


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
    return f"{reached} {part + '.py':<18} {title[:35]:<36}{_summary(checks)}".rstrip()


def _summary(checks: list[CheckResult]) -> str:
    """Say in a few words how a part stands, by its functions."""
    functions = {check.function: Status.PASSED for check in checks}
    for check in checks:
        if check.status != Status.PASSED and check.score < check.max_score:
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
