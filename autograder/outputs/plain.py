"""The report as plain text: a list of lines, each a style and a text.

Styles have meaning (good, bad, weak, strong), and marks say the same where there are no colours.
"""

import textwrap
from collections.abc import Iterator
from typing import TextIO

from autograder.message import LABEL_WIDTH, SEE_IT, Message
from autograder.outputs.groups import grouped, points_text, shown, state_of
from autograder.records import CheckResult, Report

__all__ = ["Styled", "print_plain", "styled_lines"]

WIDTH = 78

#: Labels of rows that are sentences.
SENTENCES = frozenset({"likely", "first", "carried", "raised", "problem", "got", "property"})

Styled = tuple[str, str]


def print_plain(report: Report, stream: TextIO) -> None:
    """Print `report` without colours."""
    stream.write("".join([f"{text}\n" for _, text in styled_lines(report)]))


def styled_lines(report: Report) -> Iterator[Styled]:
    """Yield the report's lines."""
    for checks in grouped(shown(report)):
        yield from _group_lines(checks)
    yield from _printed_lines(report)
    yield from _part_lines(report)
    yield "", ""
    for note in report.notes:
        for piece in textwrap.wrap(note, WIDTH):
            yield "strong", piece
    yield "strong", f"score {points_text(report.score)} of {points_text(report.max_score)}"


def _group_lines(checks: list[CheckResult]) -> Iterator[Styled]:
    if checks[0].score == checks[0].max_score:
        yield "good", f"{checks[0].function}: carried along, every point kept"
    for check in [check for check in checks if check.score < check.max_score]:
        head = f"{check.function}: {check.title}"
        worth = f"{points_text(check.score)} of {points_text(check.max_score)} points"
        if len(head) + 1 + len(worth) > WIDTH:
            yield "bad", head
            head = ""
        yield "bad", f"{head:<{WIDTH - len(worth) - 1}} {worth}"
    yield from _message_lines(checks[0])
    yield "", ""


def _message_lines(check: CheckResult) -> Iterator[Styled]:
    """Yield a message's lines: without the input where Python code shows it again, below."""
    message = Message.parse(check.message)
    rows, code = message.rows, message.code
    if check.score == check.max_score:
        rows, code = tuple([row for row in rows if row[0] == "carried"]), ""
    elif code:
        rows = message.without({"input"}).rows
    for row in rows:
        for line in _row_lines(*row):
            yield "", f"  {line}"
    if code:
        yield "", f"  {SEE_IT}"
        for line in code.split("\n"):  # from the margin on: it is there to be pasted
            yield "weak", line


def _row_lines(label: str, text: str) -> Iterator[str]:
    """Wrap sentences under their column; code and rows of numbers stay as they are."""
    first, *more = str(Message(((label, text),))).split("\n")
    if label in SENTENCES:
        yield from textwrap.wrap(first, WIDTH - 2, subsequent_indent=" " * LABEL_WIDTH) or [first]
    else:
        yield first
    yield from more


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
    reached = f"{points_text(score):>6} of {points_text(worth):<5}"
    return f"{reached} {part + '.py':<18} {title[:35]:<36}{state_of(checks)}".rstrip()
