"""Grade one submission inside Gradescope's container: what ``run_autograder`` starts.

It reads ``submission/`` and ``submission_metadata.json``, and writes ``results/results.json``: at
once, after each part, and at the end, so that there is a valid one whenever the container is
stopped. Standard output is the staff's. Only the standard library is loaded before the first
results file is written: a numpy that can't be loaded is a fault that gets reported, too.
"""

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.atomic import write_atomically
from autograder.errors import AutograderError, GraderError, IntakeError
from autograder.outputs.gradescope import to_gradescope
from autograder.records import Report

if TYPE_CHECKING:
    from autograder.key import Key
    from autograder.spawn import Spawner

__all__ = ["prove", "run_on_gradescope"]

UNFINISHED = (
    "Grading did not finish. Upload again, or ask the course staff to run the autograder again."
)
FAULT = "The grader failed, not your code. The course staff can see why."

#: The exit status of a grader at fault, the same as on the command line.
FAULT_STATUS = 3

#: A metadata file holds the results of the submission before; this bounds what is read of it.
MAX_METADATA_BYTES = 64 * 1024 * 1024

Render = Callable[[Report], bytes]


def run_on_gradescope(root: Path) -> int:
    """Grade the submission under `root` and write the results.

    Parameters
    ----------
    root : pathlib.Path
        ``/autograder``, or what stands in for it.

    Returns
    -------
    int
        0: graded, or the submission could not be read and its results say so; 3: the grader failed.
    """
    started = time.monotonic()
    metadata = _read_metadata(root / "submission_metadata.json")
    place = root / "results" / "results.json"

    def render(report: Report) -> bytes:
        return to_gradescope(
            report, execution_seconds=time.monotonic() - started, metadata=metadata
        )

    place.parent.mkdir(exist_ok=True)
    run = _Run(root, place, render)
    run.write(_nothing_judged(UNFINISHED))
    signal.signal(signal.SIGTERM, _stop)
    _keep_from_students(root)
    return run.finish()


class _Run:
    """One run: the place of its results, and the last report that went there."""

    def __init__(self, root: Path, place: Path, render: Render) -> None:
        self.root = root
        self.place = place
        self.render = render
        self.last = _nothing_judged(UNFINISHED)

    def finish(self) -> int:
        """Grade, and put the outcome, whatever it is, in place."""
        status = 0
        try:
            report = self._grade()
            print(f"score {report.score / 100:g} of {report.max_score / 100:g}")
        except IntakeError as error:
            report = _nothing_judged(str(error).replace(f"{self.root}/", ""))
            print(f"the submission could not be read: {error}")
        except Exception:
            traceback.print_exc(file=sys.stdout)
            report, status = replace(self.last, is_finished=False, notes=(FAULT,)), FAULT_STATUS
        self.write(report)
        return status

    def _grade(self) -> Report:
        from autograder.spawn import Spawner

        with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
            # Before the rest is loaded: the workers load numpy while this process does.
            spawner = Spawner(Path(folder).resolve())
            try:
                return self._graded(spawner)
            finally:
                spawner.close()

    def _graded(self, spawner: "Spawner") -> Report:
        from autograder.grade import grade
        from autograder.intake import take_in

        key = _full_key()
        print(f"answer key {key.digest[:12]}, {len(key.checks)} checks")
        given = _submitted(self.root / "submission")
        submission = take_in(given, spawner.workspace / "submission", wanted=key.files)
        return grade(submission, key, spawner, listener=self.write)

    def write(self, report: Report) -> None:
        """Put `report` in place of the one before, whole at every moment, without numpy."""
        self.last = report
        write_atomically(self.place, self.render(report))


def _full_key() -> "Key":
    from autograder.homework import Homework

    homework = Homework.here()
    key = homework.read_key("full")
    if key is None or key.half != "full":
        raise GraderError(f"{homework.key_path('full')} is not an up-to-date full answer key")
    return key


def _nothing_judged(sentence: str) -> Report:
    return Report((), 100_00, {}, is_finished=False, notes=(sentence,))


def _read_metadata(path: Path) -> Mapping[str, Any]:
    """Return the metadata, empty where unreadable: grading does not depend on it."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(MAX_METADATA_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        print(f"submission_metadata.json can't be read ({type(error).__name__}): going on without")
        return {}
    return content if isinstance(content, dict) else {}


def _submitted(folder: Path) -> Path:
    """Return what to take in: the folder, or the one zip or notebook that was uploaded as it is."""
    if not folder.is_dir() or any(_has_modules(place) for place in [folder, *folder.iterdir()]):
        return folder
    files = [file for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
    packed = [file for file in files if file.suffix.lower() in (".zip", ".ipynb")]
    return packed[0] if len(packed) == 1 else folder


def _has_modules(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink() and any(place.glob("*.py"))


def _keep_from_students(root: Path) -> None:
    """Close to other users, whom students' code runs as, what tells of hidden checks."""
    if os.name != "posix" or os.geteuid() != 0:
        return
    for path, mode in ((root / "results", 0o700), (root / "submission_metadata.json", 0o600)):
        try:
            path.chmod(mode)
        except FileNotFoundError:
            continue
        except OSError as error:
            print(f"{path.name} could not be closed to other users: {error.strerror}")


def _stop(_number: int, _frame: object) -> NoReturn:
    """Leave by the usual way out, which ends the workers; the results are in place already."""
    sys.exit(128 + signal.SIGTERM)


def prove() -> int:
    """Show, while the image is built, that numpy is the environment's own and the key is read."""
    import numpy as np

    if not Path(np.__file__).is_relative_to(sys.prefix):
        raise GraderError(f"numpy comes from {np.__file__}, not from {sys.prefix}")
    key = _full_key()
    worth = sum([check.points for check in key.checks]) / 100
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}")
    print(f"answer key {key.digest[:12]}: {len(key.checks)} checks, {worth:g} points")
    return 0


def _main() -> int:
    if "--prove" not in sys.argv[1:]:
        return run_on_gradescope(Path(os.environ.get("AUTOGRADER_ROOT", "/autograder")))
    try:
        return prove()
    except AutograderError as error:
        print(error)
        return FAULT_STATUS


if __name__ == "__main__":
    sys.exit(_main())
