"""The verb ``grade``: find the key, take the submission in, grade, print, write.

The report's files, JSON and page, are there before anything else is loaded: a full disk, a lack of
memory or a signal that comes right after leaves them, too, and they say how far the run came.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.records import CheckResult, Report, Status
from autograder.errors import GraderError, UsageError
from autograder.grading.audience import AUDIENCES, for_students
from autograder.grading.progress import Progress
from autograder.grading.report_file import NO_ROOM, ReportFile, ReportFiles
from autograder.grading.stop import Stopped
from autograder.homework.find import is_handed_out
from autograder.outputs.report_json import to_json

if TYPE_CHECKING:
    from autograder.homework.folder import Homework
    from autograder.homework.key import Key
    from autograder.intake.take_in import Submission
    from autograder.outputs.html.page import PageRenderer
    from autograder.supervisor.spawn import Spawner

__all__ = ["run_grade"]

UNFINISHED = "Grading did not finish."
FAULT = "The grader failed, not your code."


@dataclass(frozen=True)
class _Wishes:
    """What was asked for on the command line."""

    path: Path
    public_only: bool
    search_seconds: float
    without: Sequence[str]
    strangers: bool
    page: "PageRenderer | None" = None


def run_grade(
    path: Path,
    *,
    json_path: Path | None = None,
    html_path: Path | None = None,
    public_only: bool = False,
    search_seconds: float = 0,
    audience: str = "",
    without: Sequence[str] = (),
    strangers: bool = False,
) -> int:
    """Grade the submission at `path` and print the report.

    Parameters
    ----------
    path : pathlib.Path
        A folder, a zip or a notebook.
    json_path : pathlib.Path, optional
        Where to write the JSON report.
    html_path : pathlib.Path, optional
        Where to write the report as a page of HTML; needs jinja2.
    public_only : bool
        Whether to run only the checks that students have.
    search_seconds : float
        How long to search for smaller examples to print, where the reference is at hand. The score
        and the JSON report are the same whatever is found.
    audience : str
        ``"staff"``, who see all, or ``"students"`` (`autograder.grading.audience`); by default
        students
        where they have the homework as it was handed out.
    without : sequence of str
        Layers of protection to leave off.
    strangers : bool
        Whether to refuse where a layer is missing that strangers' code takes.

    Returns
    -------
    int
        0: it was graded.

    Raises
    ------
    UsageError
        If `path`, `json_path` or `html_path` is wrong, or the homework's settings are.
    GraderError
        If there is no usable answer key, or no room on a disk.
    Stopped
        If a signal ended the run; the report holds what was decided by then.
    """
    shown = _audience(audience)
    page = _page_renderer() if html_path else None
    files = []
    if json_path:
        files.append(ReportFile(json_path, lambda report: to_json(shown(report))))
    if page is not None and html_path:
        renderer = page
        files.append(ReportFile(html_path, lambda report: renderer(shown(report))))
    _refuse_one_place(files)
    progress = Progress(ReportFiles(files) if files else None, UNFINISHED)
    wishes = _Wishes(path, public_only, search_seconds, without, strangers, page)
    try:
        progress.request.heed_signals()
        status = _run_or_fail(wishes, progress, shown)
        if html_path is not None:
            sys.stderr.write(
                f"(The page is {html_path.resolve().as_uri()}: open it in a browser.)\n"
            )
        return status
    except Stopped as stopped:
        progress.stop()
        kept = " and ".join([str(file.path) for file in files])
        has = "have" if len(files) > 1 else "has"
        decided = f"; {kept} {has} what was decided by then" if kept else ""
        sys.stderr.write(f"autograder: stopped by {stopped.name}{decided}\n")
        raise


def _page_renderer() -> "PageRenderer":
    """Return what makes the page; without jinja2 the command line says how to get it."""
    from autograder.outputs.html.page import PageRenderer

    return PageRenderer()


def _refuse_one_place(files: Sequence[ReportFile]) -> None:
    places = {os.path.realpath(file.path) for file in files}
    if len(places) < len(files):
        raise UsageError(f"{files[0].path} can't be both the JSON report and the page")


def _run_or_fail(wishes: _Wishes, progress: Progress, shown: Callable[[Report], Report]) -> int:
    """Run, and leave the reason in the report where that fails."""
    try:
        return _run(wishes, progress, shown)
    except UsageError as error:
        progress.fail(str(error))
        raise
    except Exception:
        progress.fail(FAULT)
        raise


def _audience(name: str) -> Callable[[Report], Report]:
    """Return what makes a report fit for its readers; '' for those whose machine this is."""
    name = name or ("students" if is_handed_out() else "staff")
    if name not in AUDIENCES:
        raise UsageError(f"a report is for {' or '.join(AUDIENCES)}, not for {name!r}")
    if name == "staff":
        return lambda report: report
    from autograder.homework.folder import Homework
    from autograder.homework.settings import read_settings

    feedback = read_settings(Homework.here().settings_path).feedback
    return lambda report: for_students(report, feedback)


def _run(wishes: _Wishes, progress: Progress, shown: Callable[[Report], Report]) -> int:
    """Grade in a folder of its own, with workers, and leave neither behind."""
    from autograder.supervisor.spawn import spawning

    try:
        # Before anything else: the workers' nursery loads numpy while this process does.
        with spawning(without=wishes.without) as spawner, progress.kept_when_stopped():
            return _graded_and_printed(wishes, spawner, progress, shown)
    except OSError as error:
        if error.errno not in NO_ROOM or progress.last.is_finished:
            raise
        raise GraderError(
            f"there is no room in the folder for temporary files, {tempfile.gettempdir()}"
            f" ({error.strerror}): make room there, or set TMPDIR to another folder"
        ) from error


def _graded_and_printed(
    wishes: _Wishes, spawner: "Spawner", progress: Progress, shown: Callable[[Report], Report]
) -> int:
    from autograder.outputs.text.terminal import print_report

    graded = _graded(wishes, spawner, progress)
    try:
        # Before it is printed: whoever reads the output may have seen enough.
        progress.end(graded.report)
    except GraderError:
        print_report(shown(graded.report), sys.stdout)
        raise
    print_report(shown(_searched(graded, spawner, wishes.search_seconds)), sys.stdout)
    _tell_of_protection(graded)
    return 0


def _pictures(report: Report, **asked: Any) -> str:
    """Return the HTML of what the student's functions draw, beside the checks."""
    from autograder.outputs.html.drawings.drawings import drawings_html
    from autograder.pictures.collect import NOT_DRAWN, collect_pictures
    from autograder.pictures.records import Pictures

    try:
        return drawings_html(collect_pictures(report=report, **asked))
    except Exception as error:  # no picture is worth a report
        sys.stderr.write(f"{NOT_DRAWN} ({type(error).__name__}: {error})\n")
        return drawings_html(Pictures(notice=NOT_DRAWN))


def _tell_of_protection(graded: "_Graded") -> None:
    """Tell staff, who may have graded somebody else's code, what was not there."""
    from autograder.isolation.layers import missing

    lacking = missing(graded.report.layers)
    if lacking and graded.homework.has_sources:
        sys.stderr.write(
            f"(This ran without protection by {', '.join(lacking)}: fine for your own code. 'make"
            " doctor' says more; '--strangers' refuses.)\n"
        )


@dataclass(frozen=True)
class _Graded:
    """A report, and what it was made from."""

    report: Report
    key: "Key"
    homework: "Homework"
    submission: "Submission"


def _searched(graded: _Graded, spawner: "Spawner", seconds: float) -> Report:
    """Return the report with smaller examples, where there is something to search with."""
    wanted = [check for check in graded.report.checks if _is_unexplained(check, graded.key)]
    if seconds <= 0 or not wanted or not graded.homework.has_sources:
        return graded.report
    try:
        from autograder.authoring.search import with_smaller_examples
    except ModuleNotFoundError:  # Hypothesis is for staff
        return graded.report
    sys.stderr.write(f"searching for smaller examples, at most {seconds:g} s ...\n")
    return with_smaller_examples(
        graded.report,
        wanted,
        graded.key,
        graded.homework,
        graded.submission,
        spawner,
        seconds=seconds,
    )


def _allowed_missing(homework: "Homework") -> tuple[str, ...]:
    from autograder.homework.settings import read_settings

    return read_settings(homework.settings_path).protection.allow_missing


def _is_unexplained(result: CheckResult, key: "Key") -> bool:
    """Tell whether a check is wrong in a way that the rubric does not know."""
    is_wrong = result.status in (Status.FAILED, Status.ERROR) and result.score < result.max_score
    known = [mistake.name for mistake in key.functions[result.function].mistakes]
    return is_wrong and result.visibility == "public" and result.mistake not in known


def _graded(wishes: _Wishes, spawner: "Spawner", progress: Progress) -> _Graded:
    from autograder.authoring.commands.compile import current_key
    from autograder.grading.grade import grade
    from autograder.homework.folder import Homework
    from autograder.intake.remarks import no_submission_at
    from autograder.intake.take_in import take_in
    from autograder.outputs.text.terminal import progress_listener

    homework = Homework.here()  # first: in the wrong folder, no path is right
    if not os.path.exists(wishes.path):  # also for a name that no system can hold
        raise UsageError(no_submission_at(wishes.path))
    key = current_key(homework, "public" if wishes.public_only else homework.best_half)
    step, stop = progress_listener(len(key.checks), sys.stderr)

    def listener(report: Report) -> None:
        step(len(report.checks))
        progress.listen(report)

    allowed_missing = _allowed_missing(homework) if wishes.strangers else None

    def draw(report: Report) -> None:
        # Before any hidden input is in use: none can get into a picture.
        if wishes.page is not None:
            wishes.page.pictures = _pictures(
                report,
                submission=submission,
                key=key,
                spawner=spawner,
                allowed_missing=allowed_missing,
            )

    try:
        submission = take_in(wishes.path, spawner.workspace / "submission", wanted=key.files)
        report = grade(
            submission,
            key,
            spawner,
            public_only=wishes.public_only,
            allowed_missing=allowed_missing,
            listener=listener,
            watcher=progress.watch,
            between=draw,
        )
        return _Graded(report, key, homework, submission)
    finally:
        stop()
