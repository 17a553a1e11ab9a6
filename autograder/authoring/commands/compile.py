"""The verb ``compile``: write the answer keys, full and public."""

import sys
import time
from pathlib import Path

from autograder.errors import UsageError
from autograder.homework.folder import Homework

__all__ = ["run_compile"]

#: How often it is said how far the compiler is where no terminal shows it.
EVERY_SECONDS = 10

#: The exit status of a command that an interrupt ended, as shells have it.
INTERRUPTED = 130


def run_compile(homework: Homework, *, only_if_stale: bool = False) -> int:
    """Compile the answer keys of a homework; a RubricError says what is wrong with it."""
    if not homework.has_sources:
        raise UsageError(
            "this command is for staff: there is no solution and rubric in"
            f" {homework.root} to compile a key from"
        )
    if only_if_stale and _is_current(homework):
        return 0
    from autograder.authoring.compiler.lock import locked

    def waiting() -> None:
        sys.stderr.write("waiting for another compile of this homework ...\n")

    try:
        with locked(homework.root / "build" / "compile.lock", waiting=waiting) as has_waited:
            if not (has_waited and _is_current(homework)):
                _compile(homework)
    except KeyboardInterrupt:
        sys.stderr.write(
            "stopped: the answer keys are as they were before; the same command goes on with the"
            " questions that are left\n"
        )
        return INTERRUPTED
    for half in ("full", "public"):
        path = homework.key_path(half)
        sys.stdout.write(f"{_shown(path)}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def _is_current(homework: Homework) -> bool:
    return all([homework.read_key(half) is not None for half in ("full", "public")])


def _compile(homework: Homework) -> None:
    from autograder.authoring.compiler.build import compile_homework

    counter = _Counter()
    try:
        remarks = compile_homework(homework, progress=counter.show)
    finally:
        counter.clear()
    sys.stdout.write("".join([f"{remark}\n" for remark in remarks]))


class _Counter:
    """Shows how far the compiler is: all the time in a terminal, else every some seconds."""

    def __init__(self) -> None:
        self._shown = time.monotonic()

    def show(self, name: str, number: int, count: int) -> None:
        """Show that so many of `count` steps are done, the last one of a question."""
        text = f"compiling the answer key: {number} of {count}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}, {name}")
        elif time.monotonic() - self._shown >= EVERY_SECONDS:
            self._shown = time.monotonic()
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave nothing of it in a terminal."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
