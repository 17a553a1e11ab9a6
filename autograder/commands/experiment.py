"""Run a homework's own verb (`autograder.pictures.experiment`) from the command line."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.core.writing import write_atomically
from autograder.errors import UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.intake.take_in import take_in
from autograder.pictures.experiment import Experiment, find_own_verb, try_out
from autograder.supervisor.spawn import spawning

__all__ = ["run_experiment"]

#: The exit status of a call whose functions did not come to the end.
STOPPED = 1


def run_experiment(
    homework: Homework, path: Path, own_verb: str, html_path: Path | None = None, **options: Any
) -> int:
    """Run a homework's verb on the submission at `path`, and return the exit status.

    It is 0, or 1 where the student's functions did not come to the end. What there is to see goes
    to `html_path`, a page of its own.
    """
    verb = find_own_verb(homework, own_verb)
    with spawning() as spawner:
        key = current_key(homework, homework.best_half)
        submission = take_in(path, spawner.workspace / "submission", wanted=key.files)
        experiment = Experiment(
            homework, key, submission, spawner, say=_print, progress=_show_progress
        )
        drawn, problem = try_out(verb, experiment, options)
    if problem:
        sys.stderr.write(f"{problem}\n")
        return STOPPED
    if html_path is not None:
        title = homework.settings.homework.title or homework.root.name
        _write_page(html_path, f"{title}: {verb.name}", drawn)
    return 0


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _show_progress(total: int, doing: str) -> tuple[Callable[[int], None], Callable[[], None]]:
    from autograder.outputs.text import progress_listener

    return progress_listener(total, sys.stderr, doing=doing)


def _write_page(path: Path, title: str, drawn: str) -> None:
    from autograder.outputs.html.drawings import frame_drawings
    from autograder.outputs.html.page import page_of_drawings
    from autograder.outputs.html.svg import Markup

    try:
        write_atomically(path, page_of_drawings(title, frame_drawings(Markup(drawn))))
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    _print(f"The page is {path}.\n")
