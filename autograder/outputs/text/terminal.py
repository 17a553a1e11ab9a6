"""The report for the terminal: the plain text, in colour where a person looks at it.

Only marks get a colour, and only red and green of the terminal's own palette, which every theme
keeps readable; the rest is in the terminal's own ink, bold at most.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from typing import TextIO

from autograder.core.records import Report
from autograder.outputs.text.plain import MARKS, WIDTH, Styled, print_plain, styled_lines

__all__ = [
    "height_of",
    "is_colourful",
    "print_lines",
    "print_report",
    "progress_listener",
    "width_of",
]

#: What the mark at the beginning of a line looks like, and what the rest of it.
_MARK_STYLES = {"good": "bold green", "bad": "bold red"}
_LINE_STYLES = {"bad": "bold", "strong": "bold"}


def print_report(report: Report, stream: TextIO) -> None:
    """Print `report`; in colour on a terminal, unless NO_COLOR is set."""
    if not is_colourful(stream):
        print_plain(report, stream)
        return
    print_lines(styled_lines(report, width=width_of(stream)), stream)


def print_lines(lines: Iterable[Styled], stream: TextIO, *, clears: bool = False) -> None:
    """Print lines in colour, on a screen that is cleared first if wanted."""
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
