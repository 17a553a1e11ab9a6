"""The verb ``compile``: write the answer keys, full and public."""

import sys
from pathlib import Path

from autograder.errors import UsageError
from autograder.homework.folder import Homework

__all__ = ["run_compile"]


def run_compile(homework: Homework, *, only_if_stale: bool = False) -> int:
    """Compile the answer keys of a homework; a RubricError says what is wrong with it."""
    if not homework.has_sources:
        raise UsageError(
            "this command is for staff: there is no solution and rubric in"
            f" {homework.root} to compile a key from"
        )
    if (
        only_if_stale
        and homework.read_key("full") is not None
        and homework.read_key("public") is not None
    ):
        return 0
    from autograder.authoring.compiler.build import compile_homework

    def progress(name: str, number: int, count: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[Kcompiling the answer key: {number + 1} of {count}, {name}")
            sys.stderr.flush()

    try:
        remarks = compile_homework(homework, progress=progress)
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
    sys.stdout.write("".join([f"{remark}\n" for remark in remarks]))
    for half in ("full", "public"):
        path = homework.key_path(half)
        sys.stdout.write(f"{_shown(path)}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
