"""The verb ``watch``: grade at the start and on every save, and show what changed.

On a terminal each result takes the screen; in plain mode lines are only ever added, for screen
readers and files. A file that can't be read just now, half typed, costs nothing: the last score
stays.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from autograder.commands.saves import Saved, saves
from autograder.core.records import FULL_POINTS, Report
from autograder.core.text import list_first
from autograder.errors import IntakeError, UsageError
from autograder.grading.audience import for_students
from autograder.grading.progress import ReportFile
from autograder.grading.session import Session
from autograder.grading.stop import Stopped, StopRequest
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.settings import Feedback
from autograder.intake.missing import no_submission_at
from autograder.outputs.changes import (
    changed_lines,
    next_lines,
    standing_lines,
    summary_lines,
    unreadable_lines,
)
from autograder.outputs.groups import score_text
from autograder.outputs.text import (
    Styled,
    height_of,
    is_colourful,
    print_lines,
    score_lines,
    width_of,
    wrapped,
)
from autograder.pictures.records import Pictures

__all__ = ["run_watch"]

#: Below a result and its score: the empty line after it and the cursor's.
LINES_AFTER = 2

#: A save that is longer ago than this was no save: a file with an old date was moved here.
MAX_SECONDS = 600.0


#: Instead of the pictures, which take seconds.
NOT_DRAWN = (
    "What your functions draw is left out while you work: 'python grade.py grade --html"
    " report.html' shows it."
)


#: What has the lines of a result at a terminal's width.
Lines = Callable[[int], Iterator[Styled]]


@dataclass
class Screen:
    """Where results go, and the last one, to be shown again when the window changes."""

    #: Whether lines are only added, without colors; so it is where no one looks at a terminal.
    plain: bool
    lines: Lines | None = None
    is_resized: bool = False

    def __post_init__(self) -> None:
        self.plain = self.plain or not is_colourful(sys.stdout)
        if hasattr(signal, "SIGWINCH") and not self.plain:
            signal.signal(signal.SIGWINCH, self._note_resize)

    def _note_resize(self, _number: int, _frame: object) -> None:
        self.is_resized = True

    def announce(self, sentence: str) -> None:
        """Say at once what is going on; on a terminal the result takes its place."""
        styled = [("strong", line) for line in wrapped(sentence, width_of(sys.stdout))]
        self._write([*styled, ("", "")])

    def show(self, lines: Lines) -> None:
        """Show a result, in place of all else if this is a terminal."""
        self.lines = lines
        self._write(lines(width_of(sys.stdout)), clears=True)

    def _write(self, lines: Iterable[Styled], *, clears: bool = False) -> None:
        if self.plain:
            sys.stdout.write("".join([f"{text}\n" for _, text in lines]))
        else:
            print_lines(lines, sys.stdout, clears=clears)
        sys.stdout.flush()

    def show_again_if_resized(self) -> None:
        """Show the last result in the window's new size."""
        if self.is_resized and self.lines is not None:
            self.is_resized = False
            self.show(self.lines)


def run_watch(
    homework: Homework, path: Path, *, plain: bool = False, html_path: Path | None = None
) -> int:
    """Grade the submission at `path` until Control-C or a signal ends this, and return 0.

    In `plain` mode lines are only added: no colors, and nothing is cleared. At `html_path` the page
    of the report is written at each save; an open one reads itself again. It is a `UsageError` if
    there is nothing at `path`, the page can't be written, or ``watchfiles`` is not installed.
    """
    if not os.path.exists(path):
        raise UsageError(no_submission_at(path))
    page = Page(html_path) if html_path is not None else None
    request = StopRequest()
    try:
        request.heed_signals()
        python = homework.settings.homework.python
        with Session(current_key(homework, "public"), python=python) as session:
            _Watch(path, session, Screen(plain=plain), request, page).run()
    except Stopped:
        if page is not None:
            page.end()
    return 0


class Page:
    """The page of the report, written at each save; the first one says that nothing is graded."""

    def __init__(self, path: Path) -> None:
        from autograder.outputs.html.drawings import drawings_html  # with jinja2, only if wanted
        from autograder.outputs.html.page import PageRenderer

        self._renderer = PageRenderer()
        self._renderer.pictures = drawings_html(Pictures(notice=NOT_DRAWN))
        self._file = ReportFile(path, self._renderer)
        self._last = Report((), FULL_POINTS, {}, is_finished=False)
        self.show(self._last)

    def show(self, report: Report) -> None:
        """Write the page of a report; a disk that is full for a while is no reason to end."""
        self._last = for_students(report, Feedback())
        self._renderer.watched = time.strftime("%H:%M:%S")
        if report.is_finished:
            self._file.keep(self._last)
        else:
            self._file.write(self._last)

    def end(self) -> None:
        """Write it a last time: it no longer reads itself again."""
        self._renderer.watched = ""
        if self._last.is_finished:
            self._file.keep(self._last)


@dataclass
class _Watch:
    """One submission while its author works on it."""

    path: Path
    session: Session
    screen: Screen
    request: StopRequest
    page: Page | None = None
    #: The last report of files that could be read, and the last one of all.
    last: Report | None = None
    newest: Report | None = None
    began: float = field(default_factory=time.time)

    def run(self) -> None:
        for saved in saves(self.path, tick=self._tick, tell=self.screen.announce):
            self.request.check()
            noticed = time.time()
            if saved.is_there:
                self.screen.announce(_announce(saved, self.path))
            lines = self._grade(saved)
            self.request.check()
            if self.page is not None and self.newest is not None:
                self.page.show(self.newest)  # before: whoever reads the result may look at it
            self.screen.show(self._add_time(lines, self._find_start(saved, noticed)))
            _load_what_failures_need()
            self.began = time.time()

    def _tick(self) -> None:
        self.request.check()
        self.screen.show_again_if_resized()

    def _find_start(self, saved: Saved, noticed: float) -> float:
        """Return when the wait began that a person felt."""
        if not saved.names and self.last is not None:
            return noticed
        is_plausible = self.began - MAX_SECONDS < saved.at <= noticed
        return saved.at if is_plausible else self.began if not saved.names else noticed

    def _grade(self, saved: Saved) -> Lines:
        """Grade, and return what to show of it."""
        if not saved.is_there:
            return self._show_trouble(f"{self.path} is gone: waiting until it is there again")
        try:
            report = self.session.grade(self.path)
        except IntakeError as error:
            return self._show_trouble(str(error))
        self.newest = report
        unreadable, last = self.session.unreadable, self.last
        # Where lines are only added, the head stands there already.
        head = _make_head(None if self.screen.plain else saved, self.path)
        if unreadable and last is not None:
            return lambda width: chain(
                head(width),
                unreadable_lines(report, unreadable, width=width),
                self._say_last_score(last),
            )
        self.last = report
        files = [Path(name).stem for name in saved.names]
        known = last if self.screen.plain else None
        return lambda width: _add_score(
            chain(
                head(width),
                chain(changed_lines(last, report, width=width), [("", "")]) if last else (),
                next_lines(report, files, width=width),
                standing_lines(report, known, width=width),
            ),
            summary_lines(last, report, width=width) if last else (),
            score_lines(report, width=width),
        )

    def _show_trouble(self, sentence: str) -> Lines:
        last = self.last
        return lambda width: chain(
            [
                ("bad" if not i else "", f"{'x ' if not i else '  '} {line}")
                for i, line in enumerate(wrapped(sentence, width - 3))
            ],
            self._say_last_score(last),
        )

    def _say_last_score(self, last: Report | None) -> Iterator[Styled]:
        if last is not None:
            yield "strong", f"the last score stays, {score_text(last)}"

    def _add_time(self, lines: Lines, since: float) -> Lines:
        """Return the lines with the time that they took at the end of the last one."""
        seconds = max(time.time() - since, 0.0)

        def closed(width: int) -> Iterator[Styled]:
            *others, (style, text) = lines(width)
            yield from others
            yield style, f"{text} ({seconds:.1f} s)"
            yield "", ""

        return closed


def _load_what_failures_need() -> None:
    """Load while its user reads and types what a grade of right functions leaves out."""
    import autograder.judge.relations.explain  # noqa: F401


def _add_score(
    lines: Iterable[Styled], summary: Iterable[Styled], score: Iterable[Styled]
) -> Iterator[Styled]:
    """Yield lines and the score; above it what changed, where the first lines are out of sight."""
    body, last = list(lines), list(score)
    height = height_of(sys.stdout)
    yield from body
    if height is not None and len(body) + len(last) + LINES_AFTER > height:
        yield from summary
    yield from last


def _say_saved(saved: Saved, path: Path) -> str:
    """Return what happened, without the full stop."""
    if not saved.names:
        return f"Watching {path}: every save is graded. Control-C ends this"
    kept = [name for name in saved.names if name not in saved.removed]
    words = [
        _list_files(word, names) for word, names in (("saved", kept), ("removed", saved.removed))
    ]
    return f"{time.strftime('%H:%M:%S')} {', '.join(filter(None, words))}"


def _list_files(word: str, names: Sequence[str]) -> str:
    return f"{word} {list_first(names)}" if names else ""


def _announce(saved: Saved, path: Path) -> str:
    return f"{_say_saved(saved, path)}{', grading' if saved.names else '. Grading'} ..."


def _make_head(saved: Saved | None, path: Path) -> Lines:
    if saved is None:
        return lambda _: iter(())
    sentence = _say_saved(saved, path) + ("" if saved.names else ".")
    return lambda width: chain([("strong", line) for line in wrapped(sentence, width)], [("", "")])
