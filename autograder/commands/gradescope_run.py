"""Grade one submission inside Gradescope's container: what ``run_autograder`` starts.

It reads ``submission/`` and ``submission_metadata.json``, and writes ``results/results.json``: at
once, after each part, and at the end, so that there is a valid one whenever the container is
stopped. What is in it is for students; standard output is the staff's and gets the whole report.
Only the standard library is loaded before the first results file is written: a numpy that can't be
loaded is a fault that gets reported, too.
"""

import io
import json
import os
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.limits import MIB
from autograder.core.records import Report
from autograder.errors import AutograderError, GraderError, IntakeError, UsageError
from autograder.grading.progress import Progress, ReportFile, ReportFiles
from autograder.grading.stop import fall_silent
from autograder.homework.settings import Feedback, read_settings
from autograder.outputs.gradescope_json import to_gradescope
from autograder.outputs.text import print_plain

if TYPE_CHECKING:
    from autograder.homework.folder import Homework
    from autograder.homework.key import Key
    from autograder.supervisor.spawn import Spawner

__all__ = ["prove", "run_on_gradescope"]

UNFINISHED = (
    "Grading did not finish. Upload again, or ask the course staff to run the autograder again."
)
FAULT = "The grader failed, not your code. The course staff can see why."

#: The exit status of a grader at fault, the same as on the command line.
FAULT_STATUS = 3

#: Set where the package is only tried out, on staff's own code.
TRIAL = "AUTOGRADER_TRIAL"

#: A metadata file holds the results of the submission before; this bounds what is read of it.
MAX_METADATA_BYTES = 64 * MIB


def run_on_gradescope(root: Path) -> int:
    """Grade the submission under `root`, ``/autograder``, and write the results.

    Return 0 if it was graded, or could not be read and its results say so; 3 if the grader failed.
    Where a signal ends the run (`Stopped`), the results hold what was decided by then.
    """
    render = _Render()
    results = root / "results" / "results.json"
    try:
        results.parent.mkdir(exist_ok=True)
        progress = Progress(ReportFiles([ReportFile(results, render)]), UNFINISHED)
    except (OSError, UsageError) as error:
        _say(f"the results can't be written, so nothing was graded: {error}")
        return FAULT_STATUS

    def say_why(error: Exception) -> str:
        return str(error).replace(f"{root}/", "") if isinstance(error, IntakeError) else FAULT

    try:
        with progress.run(say_why=say_why, tell=_say) as spawner:
            render.metadata = _read_metadata(root / "submission_metadata.json")
            _keep_from_students(root)
            report = _grade(root / "submission", spawner, progress, render)
            return _end(report, progress, render)
    except IntakeError as error:
        _say(f"the submission could not be read: {error}")
        return 0
    except Exception:
        _say(traceback.format_exc())
        return FAULT_STATUS


class _Render:
    """Turns a report into results, by the settings once they are read and by the run's clock.

    Students see ``execution_time`` at once, so it counts up to the last public check: the rest
    passes on hidden inputs, and by sleeping a submission could tell of them.
    """

    def __init__(self) -> None:
        self.started = time.monotonic()  # the wall clock may be set back meanwhile
        self.metadata: Mapping[str, Any] = {}
        self.feedback = Feedback()
        self._public_checks, self._seconds = -1, 0.0

    def __call__(self, report: Report) -> bytes:
        public = sum([check.visibility == "public" for check in report.checks])
        if public > self._public_checks:
            self._public_checks, self._seconds = public, time.monotonic() - self.started
        return to_gradescope(
            report, feedback=self.feedback, execution_seconds=self._seconds, metadata=self.metadata
        )


def _grade(submitted: Path, spawner: "Spawner", progress: Progress, render: _Render) -> Report:
    from autograder.grading.grade import grade
    from autograder.homework.folder import Homework
    from autograder.intake.take_in import take_in
    from autograder.intake.uploaded import find_uploaded

    homework = Homework.here()
    render.feedback = read_settings(homework.settings_path).feedback
    key = _read_full_key(homework)
    _say(f"answer key {key.digest[:12]}, {len(key.checks)} checks")
    given = find_uploaded(submitted)
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    target = spawner.workspace / "submission"
    submission = take_in(given, target, wanted=key.files, python=python, optional=key.bonus)
    return grade(
        submission,
        key,
        spawner,
        allowed_missing=_allowed_missing(homework),
        listener=progress.listen,
        watcher=progress.watch,
    )


def _end(report: Report, progress: Progress, render: _Render) -> int:
    status = 0
    try:
        progress.end(report)
    except GraderError as error:
        _say(str(error))
        status = FAULT_STATUS
    _tell_staff(report, time.monotonic() - render.started)
    return status


def _allowed_missing(homework: "Homework") -> tuple[str, ...] | None:
    """Return the layers of protection that may be missing; in a trial on staff's machine all."""
    if TRIAL in os.environ:
        return None
    return read_settings(homework.settings_path).protection.allow_missing


def _tell_staff(report: Report, seconds: float) -> None:
    """Print all of the report, hidden inputs included: students never see standard output."""
    try:
        if sys.stdout is not None:
            print_plain(report, sys.stdout)
            sys.stdout.flush()
    except OSError:
        fall_silent()
    for name, said in report.environment.items():
        _say(f"{name}: {said}")
    _say(f"graded in {seconds:.1f} s")


def _say(sentence: str) -> None:
    """Tell staff; that standard output is closed or its disk full must cost no one a grade."""
    try:
        print(sentence, flush=True)
    except OSError:
        fall_silent()


def _read_full_key(homework: "Homework") -> "Key":
    key = homework.read_key("full")
    if key is None or key.half != "full":
        raise GraderError(f"{homework.key_path('full')} is not an up-to-date full answer key")
    return key


def _read_metadata(path: Path) -> Mapping[str, Any]:
    """Return the metadata, empty where unreadable: grading does not depend on it."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(MAX_METADATA_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        _say(f"submission_metadata.json can't be read ({type(error).__name__}): going on without")
        return {}
    return content if isinstance(content, dict) else {}


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
            _say(f"{path.name} could not be closed to other users: {error.strerror}")


def prove() -> int:
    """Show, while the image is built, that numpy is the environment's own and the key is read."""
    import numpy as np

    if not Path(np.__file__).is_relative_to(sys.prefix):
        raise GraderError(f"numpy comes from {np.__file__}, not from {sys.prefix}")
    from autograder.homework.folder import Homework
    from autograder.supervisor.spawn import spawning
    from autograder.supervisor.worker import started_worker

    homework = Homework.here()
    key = _read_full_key(homework)
    settings = read_settings(homework.settings_path)
    worth = key.worth_of(key.checks) / 100
    bonus = key.worth_of(key.checks, bonus=True) / 100
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}")
    extra = f", extra credit {bonus:g}" if bonus else ""
    print(f"answer key {key.digest[:12]}: {len(key.checks)} checks, {worth:g} points{extra}")
    named = "named" if settings.feedback.name_hidden_mistakes else "not named"
    with spawning() as spawner:
        worker = started_worker(spawner, allowed_missing=_allowed_missing(homework))
    for name, text in worker.environment.items():
        print(f"{name}: {text}")
    print(f"settings: mistakes in hidden checks are {named} to students")
    return 0


def _main() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a log that lacks a letter is a log
    if "--prove" not in sys.argv[1:]:
        return run_on_gradescope(Path(os.environ.get("AUTOGRADER_ROOT", "/autograder")))
    try:
        return prove()
    except AutograderError as error:
        print(error)
        return FAULT_STATUS


if __name__ == "__main__":
    sys.exit(_main())
