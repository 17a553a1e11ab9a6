"""The verb ``compile``, and the up-to-date key for the other verbs."""

import subprocess
import sys
from pathlib import Path

from autograder.errors import GraderError, UsageError
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import Key, read_key

__all__ = ["current_key", "run_compile"]


def run_compile(*, only_if_stale: bool = False) -> int:
    """Compile the answer keys of the homework that this grader belongs to.

    Raises
    ------
    RubricError
        If the rubric or the reference solution is at fault.
    """
    homework = Homework.here()
    if not homework.has_sources:
        raise UsageError(
            "this verb is for staff: there is no solution and rubric in"
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


def current_key(homework: Homework, half: str) -> Key:
    """Return the up-to-date key, compiling it in a process of its own where it is missing or stale.

    Raises
    ------
    GraderError
        If it can't be compiled.
    """
    key = homework.read_key(half)
    if key is not None:
        return key
    sys.stderr.write("compiling the answer key (once, about half a minute) ...\n")
    # In its own process: this one goes on to start workers, and must not hold the solution.
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "compile"],
        cwd=homework.root,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        raise GraderError("the answer key could not be compiled: see above")
    key = read_key(homework.key_path(half))
    return key.with_predicates(load_predicates(homework.predicates_path))
