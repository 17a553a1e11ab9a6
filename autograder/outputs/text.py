"""The report as lines of text, each with a style; in color where a person looks at it.

A style only repeats what a line says: a line that is good, bad or not yet either begins with a mark
(``ok``, ``x``, ``-``), which is all of it that gets a color. So it reads the same without colors,
on any background, and by a screen reader. Colors are red and green of the terminal's own palette,
which every theme keeps readable; the rest is in the terminal's own ink, bold at most. No line but
code and rows of numbers is wider than the terminal.
"""

import os
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from autograder.core.message import Label, Row
from autograder.core.records import CheckResult, Report
from autograder.outputs.groups import (
    CANT_BE_IMPORTED,
    grouped,
    headline,
    is_lost,
    missing_file,
    part_text,
    points_text,
    reached_text,
    score_text,
    shown,
    state_of,
    told,
)
from autograder.outputs.report_json import LABEL_WIDTH, SEE_IT, layout_row

__all__ = [
    "MARKS",
    "WIDTH",
    "Styled",
    "function_lines",
    "group_lines",
    "height_of",
    "is_colourful",
    "message_lines",
    "part_lines",
    "print_lines",
    "print_plain",
    "print_report",
    "printed_lines",
    "progress_listener",
    "styled_lines",
    "width_of",
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
    """Print `report` without colors."""
    stream.write("".join([f"{text}\n" for _, text in styled_lines(report)]))


def styled_lines(report: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the report's lines, for a terminal of `width` columns."""
    width = max(width, MIN_WIDTH)
    for checks in grouped(shown(report)):
        yield from group_lines(checks, width=width)
    yield from printed_lines(report.printed, width=width)
    yield from (function_lines if report.only else part_lines)(report, width=width)
    yield "", ""
    for note in report.notes:
        for piece in wrapped(note, width):
            yield "strong", piece
    if report.only:
        yield from [("strong", line) for line in wrapped(part_text(report), width)]
    else:
        yield "strong", f"score {score_text(report)}"


def wrapped(sentence: str, width: int) -> list[str]:
    """Return a sentence's lines, none wider than a comfortable width."""
    return textwrap.wrap(sentence, min(width, WIDTH) - 2)


def group_lines(checks: Sequence[CheckResult], *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the lines of checks that fail for one cause: a head for each, and the message once.

    Checks that wait for a file have one head together.
    """
    width = min(max(width, MIN_WIDTH), WIDTH) - 2
    if not is_lost(checks[0]):
        yield "good", f"ok {checks[0].function}: carried along, every point kept"
    if missing_file(checks):
        yield from _lay_out_head(f"x  {headline(checks)}", checks, width)
        yield from message_lines(told(checks), width)
    else:
        for check in filter(is_lost, checks):
            yield from _lay_out_head(f"x  {check.function}: {check.title}", [check], width)
        yield from message_lines(checks[0], width)
    yield "", ""


def _lay_out_head(head: str, checks: Sequence[CheckResult], width: int) -> Iterator[Styled]:
    """Yield what failed, with the points of `checks` at the end of its line or below it."""
    points = f"{reached_text(checks)} points"
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
    if not is_lost(check):
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


def function_lines(report: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield a line for each function: its points, and what is left to do."""
    functions: dict[str, list[CheckResult]] = {}
    for check in report.checks:
        functions.setdefault(check.function, []).append(check)
    reached = _fill_up(_list_points(list(functions.values())))
    for points, (function, checks) in zip(reached, functions.items(), strict=True):
        said = state_of(checks).removeprefix("1 ")
        style = _choose_style(state_of(checks))
        yield style, f"{MARKS[style]:<{MARK_WIDTH}}{points}{function}: {said}"[:width]


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
    return "bad" if "to fix" in said or said == CANT_BE_IMPORTED else "weak"


#: What the mark at the beginning of a line looks like, and what the rest of it.
_MARK_STYLES = {"good": "bold green", "bad": "bold red"}
_LINE_STYLES = {"bad": "bold", "strong": "bold"}


def print_report(report: Report, stream: TextIO) -> None:
    """Print `report`; in color on a terminal, unless NO_COLOR is set."""
    if not is_colourful(stream):
        print_plain(report, stream)
        return
    print_lines(styled_lines(report, width=width_of(stream)), stream)


def print_lines(lines: Iterable[Styled], stream: TextIO, *, clears: bool = False) -> None:
    """Print lines in color, on a screen that is cleared first if wanted."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    if clears:
        console.clear()
    for style, text in lines:
        line = Text(text, style=_LINE_STYLES.get(style, ""))
        mark = MARKS.get(style, "")
        if mark and text.startswith(mark):
            line.stylize(_MARK_STYLES.get(style, ""), 0, len(mark))
        console.print(line)


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal, those of a usual one where that can't be known."""
    if not stream.isatty():
        return WIDTH
    return shutil.get_terminal_size((WIDTH, 24)).columns


def height_of(stream: TextIO) -> int | None:
    """Return the lines that a terminal shows at once, None where there is none."""
    return shutil.get_terminal_size((WIDTH, 24)).lines if stream.isatty() else None


def is_colourful(stream: TextIO) -> bool:
    """Tell whether a person looks at `stream` who did not ask for plain text."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    try:
        import rich  # noqa: F401
    except ImportError:
        return False
    return True


def progress_listener(
    total: int, stream: TextIO
) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return what to call with the number of checks decided so far, and what to call at the end.

    Draws a bar on a terminal; does nothing elsewhere.
    """
    if not is_colourful(stream):
        return (lambda _: None), (lambda: None)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    bar = Progress(
        "grading", BarColumn(), MofNCompleteColumn(), console=Console(file=stream), transient=True
    )
    task = bar.add_task("grading", total=total)
    bar.start()
    return (lambda done: bar.update(task, completed=done)), bar.stop
