"""Collect the numbers of every picture, and those of the curves."""

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.core.records import Report, Status
from autograder.errors import GraderError
from autograder.homework.key import Key, PictureKey
from autograder.intake.take_in import Submission
from autograder.pictures.asking import PictureAsker
from autograder.pictures.homework_code import load_kind
from autograder.pictures.numbers import UnusableError, read_numbers, read_value
from autograder.pictures.records import (
    Curve,
    CurvesPicture,
    OwnPicture,
    Picture,
    Pictures,
    Problem,
)
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawner

__all__ = ["PICTURES_SECONDS", "collect_pictures"]

#: For all pictures of a submission together. The reference takes a third of a second.
PICTURES_SECONDS = 8.0

#: For the one call of an elementwise function.
CURVE_SECONDS = 1.0

NOT_DRAWN = "The pictures could not be drawn this time. The score does not depend on them."


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
        module = load_kind(code, picture.kind)
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
