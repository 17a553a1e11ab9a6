"""The verb ``grade``: find the key, take the submission in, grade, print, write.

The report's files, JSON and page, are there before anything else is loaded: a full disk, a lack of
memory or a signal that comes right after leaves them, too, and they say how far the run came.
"""

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.records import CheckResult, ExplainedBy, Phase, Report, Status
from autograder.errors import GraderError, UsageError
from autograder.grading.audience import AUDIENCES, for_students
from autograder.grading.progress import Progress, ReportFile, ReportFiles
from autograder.outputs.report_json import to_json

if TYPE_CHECKING:
    from autograder.homework.folder import Homework
    from autograder.homework.key import Key
    from autograder.homework.meant import Meant
    from autograder.outputs.html.page import PageRenderer

__all__ = ["find_part", "run_grade"]

UNFINISHED = "Grading did not finish."
FAULT = "The grader failed, not your code."

#: What runs a block's example where students have the homework, but for its number.
SHOWS = "python grade.py show"


def run_grade(
    homework: "Homework",
    path: Path,
    *,
    json_path: Path | None = None,
    html_path: Path | None = None,
    public_only: bool = False,
    only: Sequence[str] = (),
    search_seconds: float = 0,
    audience: str = "",
    without: Sequence[str] = (),
    strangers: bool = False,
) -> int:
    """Grade the submission at `path`, print the report, and return 0.

    It is written as JSON and as a page of HTML (which takes jinja2) where there is a path for
    that. What the search for smaller examples finds is printed, and changes neither the score nor
    the files. `only` names the functions and files that alone are graded
    (`autograder.homework.meant`). The audience is ``"staff"``, who see all, or ``"students"``
    (`autograder.grading.audience`),
    by default where they have the homework as it was handed out. Layers of protection are left off
    where `without` says so; where one is missing that strangers' code takes, `strangers` refuses.

    Where a path or the homework's settings are wrong it is a `UsageError`, without a usable key or
    room on a disk a `GraderError`. Where a signal ends the run (`Stopped`), the report holds what
    was decided by then.
    """
    gc.disable()  # looking for cyclic garbage in a process that soon ends costs a tenth
    show = _prepare_for(audience, homework)
    page = _page_renderer() if html_path else None
    progress = Progress(_report_files(json_path, html_path, page, show), UNFINISHED)
    with progress.run(without=without, say_why=_say_why, tell=_tell) as spawner:
        from autograder.commands.work_beside import take_in_work
        from autograder.homework.current_key import current_key
        from autograder.intake.missing import no_submission_at
        from autograder.outputs.text import print_report

        if not os.path.exists(path):  # also for a name that no system can hold
            raise UsageError(no_submission_at(path))
        key = current_key(homework, "public" if public_only else homework.best_half)
        protection = homework.settings.protection if strangers else None
        target = spawner.workspace / "submission"
        asked = {
            "submission": take_in_work(
                homework, path, target, wanted=key.files, optional=key.bonus
            ),
            "key": key,
            "spawner": spawner,
            "allowed_missing": protection.allow_missing if protection else None,
        }
        part = find_part(only, key)
        report = _grade(
            asked, progress, page, homework.pictures, public_only=public_only, only=part
        )
        try:
            # Before it is printed: whoever reads the output may have seen enough.
            progress.end(report)
        except GraderError:
            print_report(show(report), sys.stdout)
            raise
        searched = show(_search(report, asked, homework, seconds=search_seconds))
        print_report(searched, sys.stdout, shows=_say_how_to_show(searched))
        _tell_of_protection(report, homework)
    if html_path is not None:
        sys.stderr.write(f"(The page is {html_path.resolve().as_uri()}: open it in a browser.)\n")
    return 0


def _prepare_for(audience: str, homework: "Homework") -> Callable[[Report], Report]:
    """Return what makes a report fit for its readers; '' for those whose machine this is."""
    audience = audience or ("students" if homework.is_handed_out else "staff")
    if audience not in AUDIENCES:
        raise UsageError(f"a report is for {' or '.join(AUDIENCES)}, not for {audience!r}")
    if audience == "staff":
        return lambda report: report
    feedback = homework.settings.feedback
    return lambda report: for_students(report, feedback)


def _page_renderer() -> "PageRenderer":
    """Return what makes the page; without jinja2 the command line says how to get it."""
    from autograder.outputs.html.page import PageRenderer

    return PageRenderer()


def _report_files(
    json_path: Path | None,
    html_path: Path | None,
    page: "PageRenderer | None",
    show: Callable[[Report], Report],
) -> ReportFiles:
    files = []
    if json_path:
        files.append(ReportFile(json_path, lambda report: to_json(show(report))))
    if html_path and page:
        files.append(ReportFile(html_path, lambda report: page(show(report))))
    if len({os.path.realpath(file.path) for file in files}) < len(files):
        raise UsageError(f"{files[0].path} can't be both the JSON report and the page")
    return ReportFiles(files)


def _say_why(error: Exception) -> str:
    return str(error) if isinstance(error, UsageError) else FAULT


def _tell(sentence: str) -> None:
    sys.stderr.write(f"autograder: {sentence}\n")


def _grade(
    asked: Mapping[str, Any],
    progress: Progress,
    page: "PageRenderer | None",
    code: Path,
    *,
    public_only: bool,
    only: "Meant | None",
) -> Report:
    from autograder.grading.grade import grade
    from autograder.outputs.text import progress_listener

    checks = asked["key"].checks
    total = len([c for c in checks if only is None or c.function in only.functions])
    step, stop = progress_listener(total, sys.stderr)

    def listen(report: Report) -> None:
        step(len(report.checks))
        progress.listen(report)

    def draw(report: Report) -> None:
        # Before any hidden input is in use: none can get into a picture.
        if page is not None:
            page.pictures = _draw_pictures(report, asked, code)

    try:
        return grade(
            **asked,
            public_only=public_only,
            only=only,
            listener=listen,
            watcher=progress.watch,
            between=draw,
        )
    finally:
        stop()


def find_part(words: Sequence[str], key: "Key") -> "Meant | None":
    """Return the functions that are to be graded alone, None for the whole homework."""
    from autograder.homework.meant import Meant, find_meant

    if not words:
        return None
    files = ", ".join([f"{file}.py" for file in key.files])
    otherwise = f"It has the files {files}, and their functions."
    meant = [find_meant(w, key.files, otherwise=otherwise, prefers_files=True) for w in words]
    wanted = {name for one in meant for name in one.functions}
    names = ", ".join(dict.fromkeys([one.name for one in meant]))
    return Meant(tuple([name for name in key.functions if name in wanted]), names)


def _draw_pictures(report: Report, asked: Mapping[str, Any], code: Path) -> str:
    """Return the HTML of what the student's functions draw, beside the checks."""
    from autograder.outputs.html.drawings import drawings_html
    from autograder.pictures.collect import NOT_DRAWN, collect_pictures
    from autograder.pictures.records import Pictures

    try:
        return drawings_html(collect_pictures(**asked, report=report, code=code))
    except Exception as error:  # no picture is worth a report
        sys.stderr.write(f"{NOT_DRAWN} ({type(error).__name__}: {error})\n")
        return drawings_html(Pictures(notice=NOT_DRAWN))


def _say_how_to_show(report: Report) -> str:
    """Return students' command for an example, where the blocks have the numbers that it knows."""
    is_their_own = all([check.visibility == Phase.PUBLIC for check in report.checks])
    only = "".join([f" --only {name}" for name in report.only.split(", ") if name])
    return f"{SHOWS}{only}" if report.audience == "students" and is_their_own else ""


def _search(
    report: Report, asked: Mapping[str, Any], homework: "Homework", *, seconds: float
) -> Report:
    """Return the report with smaller examples, where there is something to search with."""
    if seconds <= 0 or not homework.has_sources:
        return report
    wanted = [check for check in report.checks if _is_unexplained(check)]
    if not wanted:
        return report
    try:
        from autograder.authoring.search import with_smaller_examples
    except ModuleNotFoundError:  # Hypothesis is for staff
        return report
    sys.stderr.write(f"searching for smaller examples, at most {seconds:g} s ...\n")
    return with_smaller_examples(report, wanted, homework=homework, seconds=seconds, **asked)


def _is_unexplained(result: CheckResult) -> bool:
    """Tell whether a check is wrong in a way that the rubric does not know."""
    is_wrong = result.status in (Status.FAILED, Status.ERROR) and result.score < result.max_score
    is_known = result.explained_by == ExplainedBy.MISTAKE
    return is_wrong and result.visibility == "public" and not is_known


def _tell_of_protection(report: Report, homework: "Homework") -> None:
    """Tell staff, who may have graded someone else's code, what was missing."""
    from autograder.isolation.layers import missing

    lacking = missing(report.layers)
    has_run = bool(report.layers) and not report.first_step  # of what no one has started, nothing
    if has_run and lacking and homework.has_sources:
        sys.stderr.write(
            f"(This ran without protection by {', '.join(lacking)}: fine for your own code. 'make"
            " doctor' says more; '--strangers' refuses.)\n"
        )
