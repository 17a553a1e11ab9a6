"""Collect the numbers of every picture, and those of the curves.

A student's functions are asked (`PictureAsker`), or the picture's place says why they don't tell.
A homework's own kinds of picture are its own code (`autograder.homework.own_code`), from
``rubric/pictures/`` of the homework's folder. Students have it, too. What they and containers get
is every module in that folder but ``declare.py``, which says to the compiler which pictures there
are (`autograder.homework.folder.Homework.own_files` lists them).
"""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.core.records import CallOutcome, Ending, Raised, Report, Status
from autograder.core.text import clean
from autograder.errors import GraderError
from autograder.homework.key import Key, PictureKey
from autograder.homework.own_code import load_own
from autograder.intake.take_in import Submission
from autograder.pictures.numbers import UnusableError, read_numbers, read_value
from autograder.pictures.records import Curve, CurvesPicture, OwnPicture, Picture, Pictures, Problem
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawner

__all__ = ["PICTURES_SECONDS", "PictureAsker", "collect_pictures"]

#: For all pictures of a submission together. The reference takes a third of a second.
PICTURES_SECONDS = 8.0

#: For the one call of an elementwise function.
CURVE_SECONDS = 1.0

NOT_DRAWN = "The pictures could not be drawn this time. The score does not depend on them."


#: Of an exception's message instead of a picture; the report has the whole of it.
MESSAGE_CHARACTERS = 120

Answer = tuple[tuple[CallOutcome, ...], Problem | None]


class PictureAsker:
    """Calls for the pictures of a submission that has these files, by its asker.

    Functions that are `lost`, ``file.function``, are not called: they hung or died before.
    """

    def __init__(self, asker: Asker, files: Collection[str], lost: Collection[str]) -> None:
        self._asker = asker
        self._files = files
        self._lost = dict.fromkeys(lost, "it was stopped when it was graded")

    def ask(self, name: str, request: bytes, count: int, *, seconds: float) -> Answer:
        """Make the `count` calls of a function's encoded request, `seconds` for all of them.

        Return the outcomes of the first calls, each returned, and why there are no more of them.
        """
        problem = self._find_hindrance(name)
        if problem is not None:
            return (), problem
        seconds = min(seconds, self._asker.rest_seconds)
        run = self._asker.collect(name, request, count, seconds=seconds)
        if run.ending is not None:
            self._lost[name] = _say_ending(run.ending, seconds)
            problem = Problem(self._lost[name])
        for number, outcome in enumerate(run.outcomes):
            if isinstance(outcome, Raised):
                return tuple(run.outcomes[:number]), _say_raised(outcome, name)
        return tuple(run.outcomes), problem

    def _find_hindrance(self, name: str) -> Problem | None:
        """Return why a function can't be called."""
        file, _, function = name.partition(".")
        if name in self._lost:
            return Problem(self._lost[name])
        if file not in self._files:
            return Problem(f"there is no {file}.py", is_started=False)
        state = self._asker.load(file)
        if state.problem is not None and state.problem != self._asker.out_of_time:
            return Problem(f"{file}.py can't be imported: {_say_problem(state.problem)}")
        if self._asker.rest_seconds <= 0:
            return Problem("there was no time left to draw it")
        described = state.functions.get(function, {})
        if not described.get("is_there"):
            return Problem(f"there is no function {function} in {file}.py", is_started=False)
        if not described.get("is_callable"):
            return Problem(f"{function} in {file}.py is no function")
        return None


def _say_ending(ending: Ending, seconds: float) -> str:
    if ending.status == Status.TIMEOUT:
        return f"it was stopped after {seconds:.0f} s"
    return ending.sentence


def _say_raised(raised: Raised, name: str) -> Problem:
    """Say what an exception is, or which function is not written yet."""
    if raised.not_started is None:
        return Problem(f"it raised {_say_problem(raised)}")
    function = clean(raised.not_started, limit=MESSAGE_CHARACTERS)
    if function in ("", name):
        return Problem("it is not started yet", is_started=False)
    return Problem(f"it calls {function}, which is not started yet", is_started=False)


def _say_problem(problem: Raised | Ending) -> str:
    if isinstance(problem, Ending):
        return problem.sentence
    kind = clean(problem.kind, limit=MESSAGE_CHARACTERS)
    message = clean(" ".join(problem.message.split()), limit=MESSAGE_CHARACTERS)
    return f"{kind}: {message}" if message else kind


def collect_pictures(
    submission: Submission,
    key: Key,
    spawner: Spawner,
    *,
    code: Path,
    report: Report | None = None,
    allowed_missing: Collection[str] | None = None,
    seconds: float = PICTURES_SECONDS,
) -> Pictures:
    """Return one picture for each of the key's, whatever the submission does.

    What hung or died while it was graded is not called again; what has no turn in `seconds` has no
    picture, and neither has what is of a kind that `code`, the folder of the homework's own code
    for its pictures, has no module for. The rest is as of `autograder.grading.grade.grade`.
    """
    if not key.pictures:
        return Pictures()
    ended = (Status.TIMEOUT, Status.CRASHED)
    lost = {check.function for check in report.checks if check.status in ended} if report else ()
    workers = Asker(
        submission,
        key.files,
        spawner,
        limits=replace(key.limits, run_seconds=seconds),
        allowed_missing=allowed_missing,
        closed=key.closed,
    )
    try:
        with closing(workers):
            asker = PictureAsker(workers, submission.files, lost)
            return _read(key.pictures, asker, code)
    except (GraderError, OSError):  # no worker: the report goes out without pictures
        return Pictures(notice=NOT_DRAWN)


def _read(pictures: Sequence[PictureKey], asker: PictureAsker, code: Path) -> Pictures:
    found: list[Picture] = []
    missing: dict[str, None] = {}
    for picture in pictures:
        if picture.kind == "curves":
            found.append(_read_curves(picture, asker))
            continue
        module = load_own(code, picture.kind)
        if module is None:
            missing[f"rubric/pictures/{picture.kind}.py"] = None
        else:
            found.append(OwnPicture(module.read(picture, asker), module.draw))
    notice = ""
    if missing:
        files = " and ".join(missing)
        notice = f"Some pictures are left out: the homework's folder has no {files}."
    return Pictures(tuple(found), notice)


def _read_curves(picture: PictureKey, asker: PictureAsker) -> CurvesPicture:
    expected = picture.data["expected"]
    curves = [
        _read_curve(name, picture, right, asker)
        for name, right in zip(picture.functions, expected, strict=True)
    ]
    return CurvesPicture(picture.title, picture.data["said"], tuple(curves))


def _read_curve(name: str, picture: PictureKey, expected: np.ndarray, asker: PictureAsker) -> Curve:
    x = picture.data["x"]
    shape = (len(x), 1) if picture.data["is_column"] else x.shape
    outcomes, problem = asker.ask(name, picture.requests[name], 1, seconds=CURVE_SECONDS)
    try:
        got = read_numbers(read_value(outcomes[0]), shape, what="its result") if outcomes else None
    except UnusableError as unusable:
        return Curve(name, x, expected, None, Problem(str(unusable)))
    return Curve(name, x, expected, None if got is None else got.reshape(x.shape), problem)
