"""Answer a notebook's requests: grade what its kernel holds, in one session that stays warm.

A request's words mean functions, files or pictures, as ``mean`` or ``averages.py``; an unknown
one gets a sentence.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from autograder.core.records import Report
from autograder.errors import AutograderError, GraderError, IntakeError, UsageError
from autograder.grading.session import Session
from autograder.homework.find import HANDED_OUT_KEY, SETTINGS
from autograder.homework.folder import Homework, list_own_verbs
from autograder.homework.key import Key, PictureKey
from autograder.homework.meant import find_meant
from autograder.intake.take_in import Submission
from autograder.notebook.server.answers import (
    Asked,
    answer_of,
    own_answer,
    picture_answer,
    sentence_answer,
)
from autograder.notebook.server.current import Current, current_notebook, taken_from
from autograder.supervisor.spawn import Spawner

__all__ = ["Judging", "functions_meant", "pictures_meant"]


class Judging:
    """One kernel's session; use it in a ``with`` statement.

    The session is opened at once if the homework can be found from where the kernel started, or
    else at a request: the student may have changed the folder by then.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._session: Session | None = None
        self._homework: Homework | None = None

    def __enter__(self) -> "Judging":
        try:
            self._open()
        except AutograderError:  # each request will say so, unless it is fixed by then
            self._session = None
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def _open(self) -> Session:
        if self._session is None:
            self._homework = _homework()
            self._session = self._stack.enter_context(Session(_public_key(self._homework)))
        return self._session

    def answer(self, request: Mapping[str, Any]) -> dict[str, str]:
        """Return what is to be shown, as ``"html"`` and as ``"text"``.

        A request has ``"verb"``, ``"words"``, and what `autograder.notebook.kernel.client.work_of`
        lists. If the grader is at fault it is a `GraderError`.
        """
        os.chdir(request["folder"])
        try:
            session = self._open()
            if request["verb"] == "picture":
                return self._picture(session, request)
            if request["verb"] == "own":
                return self._run_own(session, request)
            return self._check(session, request)
        except UsageError as error:
            return sentence_answer(str(error))

    def _check(self, session: Session, request: Mapping[str, Any]) -> dict[str, str]:
        words = tuple(request["words"])
        wanted = functions_meant(words, session.key.files)
        held = [name for name in wanted if name.partition(".")[2] in request["defined"]]
        current = self._current(session, request)
        try:
            report = self._graded(session, current, held)
        except IntakeError as error:
            return sentence_answer(str(error))
        sources = {name: taken_from(request, name.partition(".")[2]) for name in held}
        asked = Asked(words, tuple(wanted), tuple(held), current.labels, sources, request["names"])
        return answer_of(report, asked, session.key)

    def _current(self, session: Session, request: Mapping[str, Any]) -> Current:
        functions = [name.partition(".")[2] for name in session.key.functions]
        return current_notebook(request, functions)

    def _graded(self, session: Session, current: Current, held: Sequence[str]) -> Report:
        if not held:
            return Report((), 0, session.key.parts, is_finished=True)
        with _taken_in(session, current) as (submission, _):
            # The other notes are about the notebook that was made here, not the student's.
            left = [one.with_label(current.labels) for one in submission.left]
            told = replace(submission, notes=submission.not_run, left=tuple(left))
            return session.grade_taken_in(told, functions=held)

    def _picture(self, session: Session, request: Mapping[str, Any]) -> dict[str, str]:
        from autograder.outputs.html.drawings import drawings_html
        from autograder.pictures.collect import collect_pictures

        assert self._homework is not None
        chosen = pictures_meant(request["words"][0], session.key.pictures)
        key = replace(session.key, pictures=chosen)
        with _taken_in(session, self._current(session, request)) as (submission, spawner):
            pictures = collect_pictures(submission, key, spawner, code=self._homework.pictures)
        return picture_answer(drawings_html(pictures), [picture.title for picture in chosen])

    def _run_own(self, session: Session, request: Mapping[str, Any]) -> dict[str, str]:
        from autograder.outputs.html.drawings import frame_drawings
        from autograder.outputs.html.svg import Markup
        from autograder.pictures.experiment import Experiment, find_own_verb, try_out

        assert self._homework is not None
        known = [name for name, _ in list_own_verbs(self._homework)]
        if request["name"] not in known:
            names = ["check", "picture", *known]
            listed = " or ".join([f"grader.{name}(...)" for name in names])
            raise UsageError(f"There is no grader.{request['name']}. There is {listed}.")
        verb = find_own_verb(self._homework, request["name"])
        options = verb.read_words(request["words"], count=request["count"])
        said: list[str] = []
        with _taken_in(session, self._current(session, request)) as (submission, spawner):
            experiment = Experiment(
                self._homework, session.key, submission, spawner, say=said.append
            )
            drawn, problem = try_out(verb, experiment, options)
        html = frame_drawings(Markup(drawn)) if drawn else ""
        return own_answer("".join(said), html, problem)


@contextmanager
def _taken_in(session: Session, current: Current) -> Iterator[tuple[Submission, Spawner]]:
    """Write what the kernel holds as a notebook, and take it in as any submission."""
    with tempfile.TemporaryDirectory(prefix="notebook-") as folder:
        path = Path(folder) / "notebook.ipynb"
        path.write_text(json.dumps(current.notebook), encoding="utf-8")
        with session.taken_in(path) as taken:
            yield taken


def _homework() -> Homework:
    """Return the kernel's homework: around it, or the only one below (Colab after a restart)."""
    try:
        return Homework.here()
    except UsageError:
        # Which one is meant must be clear: code of its folder is run.
        below = [key.parent for key in Path.cwd().glob(f"*/{HANDED_OUT_KEY}")]
        if len(below) == 1 and (below[0] / SETTINGS).is_file():
            return Homework(below[0])
        raise


def _public_key(homework: Homework) -> Key:
    key = homework.read_key("public")
    if key is None:
        raise GraderError("the answer key is missing or stale: run 'make grade' once (staff)")
    return key


def functions_meant(words: Sequence[str], files: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the functions that some words name, ``file.function``, in the homework's order.

    Words are functions (``mean``, ``averages.mean``) and files (``averages.py``); none means
    all. A file's bare name counts where no function has it. Where a word names neither it is a
    `UsageError`, with the nearest names; `files` has the homework's, and their functions.

    Examples
    --------
    >>> from autograder.notebook.server.judging import functions_meant
    >>> functions_meant(["mean"], {"mean": ["median", "mean"]})
    ['mean.mean']
    >>> functions_meant(["mean.py"], {"mean": ["median", "mean"]})
    ['mean.median', 'mean.mean']
    """
    everything = [f"{file}.{name}" for file, names in files.items() for name in names]
    if not words:
        return everything
    otherwise = "grader.check() shows all that there is."
    meant = [find_meant(word, files, otherwise=otherwise).functions for word in words]
    return [name for name in everything if name in {*chain(*meant)}]


def pictures_meant(word: str, pictures: Sequence[PictureKey]) -> tuple[PictureKey, ...]:
    """Return the pictures that a word names; it is a `UsageError`, with all names, if none is."""
    meant = tuple([picture for picture in pictures if picture.name == word])
    if not word or not meant:
        names = dict.fromkeys([picture.name for picture in pictures if picture.name])
        listed = " or ".join([f"grader.picture({name!r})" for name in names])
        raise UsageError(f"There is no picture {word!r}. There is {listed or 'none'}.")
    return meant
