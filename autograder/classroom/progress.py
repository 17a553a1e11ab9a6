"""How far grading a class has come: a bar on a terminal, now and then a line anywhere else."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

__all__ = ["showing_progress"]

#: How often there is a line where there is no terminal.
LINE_SECONDS = 15

Step = Callable[[int], None]


@contextlib.contextmanager
def showing_progress(total: int) -> Iterator[Step]:
    """Show on standard error how many of `total` are done; yield what is told of each more."""
    if total and sys.stderr.isatty():
        with _showing_bar(total) as step:
            yield step
    else:
        yield _write_lines(total)


@contextlib.contextmanager
def _showing_bar(total: int) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        Remaining(),
        TextColumn("left"),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("grading", total=total, rate="")

        def step(count: int) -> None:
            progress.advance(task, count)
            done = progress.tasks[0].completed
            progress.update(task, rate=_say_rate(done, time.monotonic() - started))

        yield step


def _write_lines(total: int) -> Step:
    started = last = time.monotonic()
    done = 0

    def step(count: int) -> None:
        nonlocal done, last
        done += count
        now = time.monotonic()
        if now - last >= LINE_SECONDS or done == total:
            last = now
            left = (now - started) / done * (total - done)
            rate = _say_rate(done, now - started)
            sys.stderr.write(f"graded {done} of {total}, {rate}, about {left:.0f} s left\n")
            sys.stderr.flush()

    return step


def _say_rate(done: float, seconds: float) -> str:
    return f"{done / max(seconds, 0.001):.1f} a second"
