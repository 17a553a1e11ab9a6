"""The verbs ``gradescope``, which packages the grader, and ``gradescope-try``."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.authoring.gradescope.archive import write_archive
from autograder.authoring.gradescope.trial import (
    build_image,
    put_submission,
    read_results,
    run_autograder,
)
from autograder.authoring.gradescope.wheels import (
    DEFAULT_PYTHONS,
    fetch_wheels,
    this_python,
    this_system,
)
from autograder.errors import UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = ["run_gradescope", "run_gradescope_try"]


def run_gradescope(
    homework: Homework, *, output: Path | None = None, pythons: Sequence[str] | None = None
) -> int:
    """Write the zip that is uploaded to Gradescope, ``dist/gradescope.zip`` if not said otherwise.

    It brings packages for some versions of Python, those of Ubuntu 22.04 and 24.04 by default.

    Raises
    ------
    UsageError
        If a wheel can't be had.
    GraderError
        If the answer key can't be compiled.
    """
    path = output or homework.root / "dist" / "gradescope.zip"
    pythons = pythons or DEFAULT_PYTHONS
    current_key(homework, "full")
    wheels = fetch_wheels(homework.root / "build" / "wheels", pythons)
    write_archive(path, homework, wheels)
    sys.stdout.write(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB, numpy for Python {', '.join(pythons)}\n"
    )
    return 0


def run_gradescope_try(homework: Homework, path: Path, *, keep: Path | None = None) -> int:
    """Package for this machine's Python, build and run that as Gradescope does, show the outcome.

    `path` is the submission. `keep` is an empty or new folder to work in and leave behind, in place
    of a temporary one.

    Raises
    ------
    UsageError
        If `path` or `keep` is wrong.
    GraderError
        If setup.sh fails or the results are not valid.
    """
    current_key(homework, "full")
    wheels = fetch_wheels(homework.root / "build" / "wheels", [this_python()], system=this_system())
    with _root(keep) as root:
        put_submission(path, root)
        archive = root / "gradescope.zip"
        write_archive(archive, homework, wheels)
        started = time.monotonic()
        said = build_image(archive, root)
        sys.stdout.write(f"{said}setup.sh took {time.monotonic() - started:.1f} s\n")
        started = time.monotonic()
        done = run_autograder(root)
        sys.stdout.write(f"{done.stdout}run_autograder took {time.monotonic() - started:.1f} s\n")
        _show(read_results(root))
        if keep is not None:
            sys.stdout.write(f"the results are in {root / 'results' / 'results.json'}\n")
        return done.returncode


@contextlib.contextmanager
def _root(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(
            prefix="gradescope-", ignore_cleanup_errors=True
        ) as folder:
            root = Path(folder).resolve()
            root.chmod(0o755)  # as /autograder is: another user's worker must reach the environment
            yield root
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UsageError(f"{keep} is not an empty folder: name a new one to keep the trial in")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def _show(results: dict[str, Any]) -> None:
    tests = results.get("tests", [])
    shown = sum([test["visibility"] == "visible" for test in tests])
    sys.stdout.write(f"{results['output']}\n")
    sys.stdout.write(
        f"valid results: score {results['score']:g}, {len(tests)} tests,"
        f" {shown} of them visible before the grades are published\n"
    )
