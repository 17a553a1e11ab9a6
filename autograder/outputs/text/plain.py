"""The report as plain text: a list of lines, each a style and a text.

A style only repeats what a line says: a line that is good, bad or not yet either begins with a mark
(``ok``, ``x``, ``-``), which is all of it that gets a colour. So it reads the same without colours,
on any background, and by a screen reader. No line but code and rows of numbers is wider than the
terminal.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from autograder.core.message import Label, Row
from autograder.core.records import CheckResult, Report
from autograder.outputs.groups import CANT_BE_IMPORTED, grouped, points_text, shown, state_of
from autograder.outputs.report_json import LABEL_WIDTH, SEE_IT, layout_row
from autograder.outputs.unreadable_files import headline, missing_file, told

__all__ = [
    "MARKS",
    "WIDTH",
    "Styled",
    "group_lines",
    "message_lines",
    "part_lines",
    "print_plain",
    "printed_lines",
    "styled_lines",
    "wrapped",
]

#: Columns where nobody knows how many there are, and at most.
WIDTH = 80

#: Rows that are Python or numbers, which stay as they are; all others are sentences.
UNWRAPPED = frozenset({Label.CALLED, Label.INPUT, Label.EXPECTED, Label.AT})

#: Narrower than this no sentence can be read.
MIN_WIDTH = 30

#: What lines of a style begin with.
MARKS = {"good": "ok", "bad": "x", "weak": "-"}

#: Columns of the mark, with its blank.
MARK_WIDTH = 3

#: A style (``good``, ``bad``, ``weak``, ``strong`` or none) and a line.
Styled = tuple[str, str]


def print_plain(report: Report, stream: TextIO) -> None:
    """Print `report` without colours."""
    stream.write("".join([f"{text}\n" for _, text in styled_lines(report)]))


def styled_lines(report: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the report's lines, for a terminal of `width` columns."""
    width = max(width, MIN_WIDTH)
    for checks in grouped(shown(report)):
        yield from group_lines(checks, width=width)
    yield from printed_lines(report.printed, width=width)
    yield from part_lines(report, width=width)
    yield "", ""
    for note in report.notes:
        for piece in wrapped(note, width):
            yield "strong", piece
    yield "strong", f"score {points_text(report.score)} of {points_text(report.max_score)}"


def wrapped(sentence: str, width: int) -> list[str]:
    """Return a sentence's lines, none wider than a comfortable width."""
    return textwrap.wrap(sentence, min(width, WIDTH) - 2)


def group_lines(checks: Sequence[CheckResult], *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the lines of checks that fail for one cause: a head for each, and the message once.

    Checks that wait for a file have one head together.
    """
    width = min(max(width, MIN_WIDTH), WIDTH) - 2
    if checks[0].score == checks[0].max_score:
        yield "good", f"ok {checks[0].function}: carried along, every point kept"
    if missing_file(checks):
        yield from _lay_out_head(f"x  {headline(checks)}", checks, width)
        yield from message_lines(told(checks), width)
    else:
        for check in [check for check in checks if check.score < check.max_score]:
            yield from _lay_out_head(f"x  {check.function}: {check.title}", [check], width)
        yield from message_lines(checks[0], width)
    yield "", ""


def _lay_out_head(head: str, checks: Sequence[CheckResult], width: int) -> Iterator[Styled]:
    """Yield what failed, with the points of `checks` at the end of its line or below it."""
    reached, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
    points = f"{points_text(reached)} of {points_text(worth)} points"
    if len(head) + 1 + len(points) <= width:
        yield "bad", f"{head:<{width - len(points) - 1}} {points}"
        return
    first, *rest = textwrap.wrap(head, width, subsequent_indent="   ")
    yield "bad", first
    yield from [("", line) for line in rest]
    yield "", f"{points:>{width}}"


def message_lines(check: CheckResult, width: int) -> Iterator[Styled]:
    """Yield a message's lines: without the input where Python code shows it again, below."""
    message, snippet = check.message, check.message.snippet
    rows = message.rows
    if check.score == check.max_score:
        rows, snippet = message.find(Label.CARRIED), None
    elif snippet is not None:
        rows = message.without({Label.INPUT}).rows
    for row in rows:
        for line in _lay_out(row, width):
            yield "", f"  {line}"
    if snippet is not None:
        for line in _wrap_row(f"{SEE_IT}{snippet.where}:", width):
            yield "", f"  {line}"
        for line in snippet.code.split("\n"):  # from the margin on: it is there to be pasted
            yield "", line


def _lay_out(row: Row, width: int) -> Iterator[str]:
    """Wrap sentences under their column; code and rows of numbers stay as they are."""
    first, *more = layout_row(row.label, row.said).split("\n")
    yield from [first] if row.label in UNWRAPPED else _wrap_row(first, width)
    yield from more


def _wrap_row(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width - 2, subsequent_indent=" " * LABEL_WIDTH) or [line]


def printed_lines(printed: Mapping[str, str], *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the beginning of what functions printed."""
    for function, text in printed.items():
        yield "", f"{function} printed (only shown to you; it costs nothing):"
        for line in text.splitlines()[:5]:
            yield "", f"  {line[: min(width, WIDTH) - 2]}"
        yield "", ""


def part_lines(report: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the table of parts; with their titles where these fit."""
    parts = {part: [c for c in report.checks if c.part == part] for part in report.parts}
    shown = {part: checks for part, checks in parts.items() if checks}
    said = [state_of(checks) for checks in shown.values()]
    columns = [
        _fill_up(_list_points(list(shown.values()))),
        _fill_up([f"{part}.py" for part in shown]),
    ]
    titles = _fill_up([report.parts[part] for part in shown])
    whole = [*columns, titles, said]
    if MARK_WIDTH + sum([max(map(len, column), default=0) for column in whole]) <= width:
        columns.append(titles)
    for cells in zip(*columns, said, strict=True):
        style = _choose_style(cells[-1])
        yield style, f"{MARKS[style]:<{MARK_WIDTH}}{''.join(cells)}".rstrip()


def _list_points(parts: list[list[CheckResult]]) -> list[str]:
    """Return for each part the points reached and those to be had."""
    reached = [points_text(sum([check.score for check in checks])) for checks in parts]
    worth = [points_text(sum([check.max_score for check in checks])) for checks in parts]
    wide = max(map(len, reached), default=0)
    return [f"{one:>{wide}} of {other}" for one, other in zip(reached, worth, strict=True)]


def _fill_up(texts: list[str]) -> list[str]:
    """Return texts filled up to the width of the longest one, and two blanks."""
    wide = max(map(len, texts), default=0) + 2
    return [f"{text:<{wide}}" for text in texts]


def _choose_style(said: str) -> str:
    if said == "all right":
        return "good"
    return "bad" if "to mend" in said or said == CANT_BE_IMPORTED else "weak"
