"""The verb ``gradescope-try``: do with the package what Gradescope does with it.

A folder stands in for ``/autograder``. The layout and the order of the steps are those of
https://gradescope-autograders.readthedocs.io/en/latest/specs/ (section File hierarchy) and
https://gradescope-autograders.readthedocs.io/en/latest/tech/. What a folder can't imitate is the
image itself: its operating system, its limits of memory and processor.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.authoring.commands.gradescope import (
    fetch_wheels,
    this_python,
    this_system,
    write_archive,
)
from autograder.errors import GraderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = [
    "build_image",
    "put_submission",
    "read_results",
    "run_autograder",
    "run_gradescope_try",
    "trial_environment",
]

SETUP_SECONDS = 600.0
RUN_SECONDS = 600.0

#: The form is that of https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/.
METADATA = {
    "id": 1,
    "created_at": "2026-01-01T00:00:00.000000-07:00",
    "assignment": {"id": 1, "title": "a trial", "total_points": "100.0"},
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1, "name": "A Student"}],
    "previous_submissions": [],
}

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")


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


# ---- what Gradescope does


def build_image(archive: Path, root: Path) -> str:
    """Unpack `archive` under `root`, run its ``setup.sh``, and return what that printed.

    Raises
    ------
    GraderError
        If setup.sh fails.
    """
    source = root / "source"
    with zipfile.ZipFile(archive) as package:
        for info in package.infolist():
            Path(package.extract(info, source)).chmod((info.external_attr >> 16) & 0o777)
    shutil.copy(source / "run_autograder", root / "run_autograder")
    done = _run(["bash", str(source / "setup.sh")], root, SETUP_SECONDS)
    if done.returncode:
        raise GraderError(f"setup.sh ended with status {done.returncode}:\n{done.stdout}")
    return done.stdout


def put_submission(submission: Path, root: Path) -> None:
    """Lay `submission` and its metadata out under `root`, in place of the one before."""
    if not submission.exists():
        raise UsageError(f"there is no folder or file at {submission}: check the path")
    target = root / "submission"
    shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(root / "results", ignore_errors=True)
    (root / "results").mkdir()
    if submission.is_dir():
        shutil.copytree(
            submission, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    else:
        target.mkdir()
        shutil.copy(submission, target)
    (root / "submission_metadata.json").write_text(json.dumps(METADATA), "utf-8")


def run_autograder(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the package's ``run_autograder`` on the submission that is laid out."""
    return _run([str(root / "run_autograder")], root, RUN_SECONDS)


def trial_environment(root: Path) -> dict[str, str]:
    """Return the environment variables of a trial under `root`: this interpreter is its python3."""
    kept = ("HOME", "TMPDIR", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    search = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    environment["PATH"] = os.pathsep.join(search)
    return environment | {"LANG": "C.UTF-8", "AUTOGRADER_ROOT": str(root), "AUTOGRADER_TRIAL": "1"}


def _run(command: list[str], root: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    if os.name != "posix":
        raise UsageError("a trial needs bash, as Gradescope's image has it: use Linux or macOS")
    try:
        return subprocess.run(
            command,
            cwd=root,
            env=trial_environment(root),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise GraderError(f"{Path(command[-1]).name} took longer than {seconds:.0f} s") from error


def read_results(root: Path) -> dict[str, Any]:
    """Return the results that the last run left, checked as Gradescope would.

    Raises
    ------
    GraderError
        If they are missing or not as the documentation asks; the sentence says where.
    """
    path = root / "results" / "results.json"
    try:
        results = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise GraderError(f"run_autograder left no readable {path}: {error}") from error
    if not isinstance(results, dict):
        raise GraderError(f"{path} holds no JSON object")
    problems = _problems(results)
    if problems:
        raise GraderError(f"{path} is not what Gradescope documents: {'; '.join(problems)}")
    return results


def _problems(results: dict[str, Any]) -> list[str]:
    tests = results.get("tests", [])
    problems = [] if _is_number(results.get("score")) else ["'score' is no number"]
    if results.get("stdout_visibility") not in VISIBILITIES:
        problems.append("'stdout_visibility' is none of Gradescope's words")
    for test in tests:
        name = test.get("name")
        if test.get("visibility") not in VISIBILITIES:
            problems.append(f"the visibility of {name!r} is none of Gradescope's words")
        if not 0 <= test.get("score", -1) <= test.get("max_score", -1):
            problems.append(f"the score of {name!r} is not between 0 and its max_score")
    total = sum([test.get("score", 0) for test in tests])
    if tests and _is_number(results.get("score")) and abs(total - results["score"]) > 1e-6:
        problems.append(f"the tests' scores add up to {total:g}, the total is {results['score']:g}")
    return problems


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
