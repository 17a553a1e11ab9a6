"""The report for the terminal: the plain text, in colour where a person looks at it."""

import os
from collections.abc import Callable
from typing import TextIO

from autograder.outputs.plain import print_plain, styled_lines
from autograder.records import Report

__all__ = ["print_report", "progress_listener"]


def print_report(report: Report, stream: TextIO) -> None:
    """Print `report`; in colour on a terminal, unless NO_COLOR is set."""
    if not _is_colourful(stream):
        print_plain(report, stream)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    styles = {"good": "green", "bad": "red", "weak": "dim", "strong": "bold"}
    for style, text in styled_lines(report):
        console.print(Text(text, style=styles.get(style, "")))


def _is_colourful(stream: TextIO) -> bool:
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
    if not _is_colourful(stream):
        return (lambda _: None), (lambda: None)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    bar = Progress(
        "grading", BarColumn(), MofNCompleteColumn(), console=Console(file=stream), transient=True
    )
    task = bar.add_task("grading", total=total)
    bar.start()
    return (lambda done: bar.update(task, completed=done)), bar.stop
