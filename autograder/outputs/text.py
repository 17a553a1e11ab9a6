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
    PASSES,
    Block,
    gather_blocks,
    is_lost,
    later_text,
    part_text,
    points_text,
    score_text,
    state_of,
)
from autograder.outputs.report_json import LABEL_WIDTH, SEE_IT, layout_row

__all__ = [
    "MARKS",
    "WIDTH",
    "Styled",
    "block_lines",
    "function_lines",
    "head_lines",
    "height_of",
    "is_colourful",
    "message_lines",
    "part_lines",
    "print_lines",
    "print_plain",
    "print_report",
    "printed_lines",
    "progress_listener",
    "score_lines",
    "styled_lines",
    "width_of",
    "wrapped",
]

#: Columns where no one knows how many there are, and at most.
WIDTH = 80

#: Rows that are Python or numbers, which stay as they are; all others are sentences.
UNWRAPPED = frozenset({Label.CALLED, Label.INPUT, Label.EXPECTED, Label.AT})

#: Rows that say what came back.
FACTS = frozenset({Label.EXPECTED, Label.GOT, Label.RAISED, Label.AT})

#: So many functions that call the first wrong one are told by their numbers.
MAX_CALLERS = 3

#: Narrower than this no sentence can be read.
MIN_WIDTH = 30

#: What lines of a style begin with.
MARKS = {"good": "ok", "bad": "x", "weak": "-"}

#: Columns of the mark, with its blank.
MARK_WIDTH = 3

#: A style (``good``, ``bad``, ``weak``, ``strong`` or none) and a line.
Styled = tuple[str, str]


def print_plain(report: Report, stream: TextIO, *, shows: str = "") -> None:
    """Print `report` without colors."""
    stream.write("".join([f"{text}\n" for _, text in styled_lines(report, shows=shows)]))


def styled_lines(report: Report, *, width: int = WIDTH, shows: str = "") -> Iterator[Styled]:
    """Yield the report's lines, for a terminal of `width` columns.

    `shows` is the command that runs a block's Python, but for its number; without one, that Python
    is in the block.
    """
    width = max(width, MIN_WIDTH)
    blocks = gather_blocks(report.checks)
    to_fix = [block for block in blocks if not block.is_carried]
    for block in to_fix:
        yield from block_lines(block, width=width, is_run=bool(shows), is_whole=False)
    yield from _name_carried([block for block in blocks if block.is_carried], width)
    yield from printed_lines(report.printed, width=width)
    yield from (function_lines if report.only else part_lines)(report, width=width)
    yield "", ""
    for note in (*report.notes, _say_first(to_fix, shows)):
        yield from [("strong", line) for line in wrapped(note, width)]
    if report.only:
        yield from [("strong", line) for line in wrapped(part_text(report), width)]
    else:
        yield from score_lines(report, width=width)


def score_lines(report: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield the score, and how many points it is not about."""
    said = "; ".join(filter(None, [f"score {score_text(report)}", later_text(report)]))
    yield from [("strong", line) for line in wrapped(said, width)]


def _say_first(blocks: Sequence[Block], shows: str) -> str:
    """Say where to begin, where there is more than one thing to fix, and how to see a block run."""
    callers = [block.number for block in blocks if 1 in block.after]
    first = f"Start with 1{_name_callers(callers)}." if len(blocks) > 1 else ""
    runs = [block.number for block in blocks if block.told().message.snippet is not None]
    how = f"'{shows} {runs[0]}' runs the example of {runs[0]}." if shows and runs else ""
    return " ".join(filter(None, [first, how]))


def _name_callers(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    who = _join_numbers(numbers) if len(numbers) <= MAX_CALLERS else f"{len(numbers)} others"
    return f", which {who} call{'s' * (len(numbers) == 1)}"


def _join_numbers(numbers: Sequence[int]) -> str:
    *others, last = map(str, numbers)
    return f"{', '.join(others)} and {last}" if others else last


def _name_carried(blocks: Sequence[Block], width: int) -> Iterator[Styled]:
    """Yield the functions that keep their points, and which ones to fix, in a sentence for all."""
    by_sources: dict[tuple[str, ...], list[str]] = {}
    for block in blocks:
        by_sources.setdefault(block.checks[0].after, []).append(block.name)
    told = [
        f"{', '.join(names)} (fix {' and '.join(sources)})" if sources else ", ".join(names)
        for sources, names in by_sources.items()
    ]
    if told:
        said = f"ok carried along, every point kept: {'; '.join(told)}"
        first, *rest = textwrap.wrap(said, min(width, WIDTH) - 2, subsequent_indent="   ")
        yield "good", first
        yield from [("", line) for line in rest]
        yield "", ""


def wrapped(sentence: str, width: int) -> list[str]:
    """Return a sentence's lines, none wider than a comfortable width."""
    return textwrap.wrap(sentence, min(max(width, MIN_WIDTH), WIDTH) - 2)


def block_lines(
    block: Block, *, width: int = WIDTH, is_run: bool = False, is_whole: bool = True
) -> Iterator[Styled]:
    """Yield a block's lines: a head, and the message of all its checks.

    Where a command runs its Python (`is_run`), the input stands there instead. Of one that waits
    for others, and of which no cause of its own is known, only some rows are shown unless
    `is_whole`.
    """
    width = min(max(width, MIN_WIDTH), WIDTH) - 2
    yield from head_lines(block, width=width)
    if is_whole or block.has_own_cause:
        yield from message_lines(block.told(), width, is_run=is_run)
    else:
        yield from _lay_out_rows(_pick_rows(block), width)
    yield "", ""


def head_lines(block: Block, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield what fails, with the points that it loses at the end of its line or below it."""
    points = block.price
    head = textwrap.wrap(f"x  {block.number}. {block.head}", width, subsequent_indent="   ")
    if len(head[-1]) + 2 + len(points) > width:
        head.append("")
    head[-1] = f"{head[-1]:<{width - len(points)}}{points}"
    yield "bad", head[0]
    yield from [("", line) for line in head[1:]]


def _pick_rows(block: Block) -> Iterator[Row]:
    """Yield what a block says that waits for others: what came back, and what to fix first."""
    message = block.checks[0].message
    yield from [row for row in message.rows if row.label in FACTS]
    yield Row(Label.FIRST, f"fix {_join_numbers(block.after)}, which it calls")


def message_lines(check: CheckResult, width: int, *, is_run: bool = False) -> Iterator[Styled]:
    """Yield a message's lines: the input, or the Python code that has it, never both."""
    message, snippet = check.message, check.message.snippet
    if not is_lost(check):
        yield from _lay_out_rows(message.find(Label.CARRIED), width)
        return
    if snippet is None:
        yield from _lay_out_rows(message.rows, width)
        return
    # The call's names are those of the input.
    has_input = bool(message.find(Label.INPUT))
    told = {Label.CALLED} if is_run and has_input else set() if is_run else {Label.INPUT}
    yield from _lay_out_rows(message.without(told).rows, width)
    if not is_run:
        for line in _wrap_row(f"{SEE_IT}{snippet.where}:", width):
            yield "", f"  {line}"
        for line in snippet.code.split("\n"):  # from the margin on: it is there to be pasted
            yield "", line


def _lay_out_rows(rows: Iterable[Row], width: int) -> Iterator[Styled]:
    for row in rows:
        for line in _lay_out(row, width):
            yield "", f"  {line}"


def _lay_out(row: Row, width: int) -> Iterator[str]:
    """Wrap sentences under their column; code and rows of numbers stay as they are."""
    first, *more = layout_row(row.label, row.said).split("\n")
    yield from [first] if row.label in UNWRAPPED else _wrap_row(first, width)
    for line in more:
        yield from _wrap_row(line, width) if row.label == Label.ALSO else [line]


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
    whole = [*columns, titles, [*said, "not started"]]  # the same layout whatever the state is
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
    """Return for each part the points reached and those to be had; extra credit has a sign."""
    reached = [
        "+" * all([check.is_bonus for check in checks])
        + points_text(sum([check.score for check in checks]))
        for checks in parts
    ]
    worth = [points_text(sum([check.max_score for check in checks])) for checks in parts]
    wide = max(map(len, reached), default=0)
    return [f"{one:>{wide}} of {other}" for one, other in zip(reached, worth, strict=True)]


def _fill_up(texts: list[str]) -> list[str]:
    """Return texts filled up to the width of the longest one, and two blanks."""
    wide = max(map(len, texts), default=0) + 2
    return [f"{text:<{wide}}" for text in texts]


def _choose_style(said: str) -> str:
    if said.startswith(PASSES):
        return "good"
    return "bad" if "to fix" in said or said.startswith(CANT_BE_IMPORTED) else "weak"


#: What the mark at the beginning of a line looks like, and what the rest of it.
_MARK_STYLES = {"good": "bold green", "bad": "bold red"}
_LINE_STYLES = {"bad": "bold", "strong": "bold"}


def print_report(report: Report, stream: TextIO, *, shows: str = "") -> None:
    """Print `report`; in color on a terminal, unless NO_COLOR is set.

    `shows` is the command that runs a block's Python, as of `styled_lines`.
    """
    if not is_colourful(stream):
        print_plain(report, stream, shows=shows)
        return
    print_lines(styled_lines(report, width=width_of(stream), shows=shows), stream)


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
    total: int, stream: TextIO, *, doing: str = "grading"
) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return what to call with how much of `total` is done, and what to call at the end.

    Draws a bar on a terminal; does nothing elsewhere.
    """
    if not is_colourful(stream):
        return (lambda _: None), (lambda: None)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    bar = Progress(
        doing, BarColumn(), MofNCompleteColumn(), console=Console(file=stream), transient=True
    )
    task = bar.add_task(doing, total=total)
    bar.start()
    return (lambda done: bar.update(task, completed=done)), bar.stop
