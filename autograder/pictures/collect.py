"""Collect the numbers of every picture, and those of the curves."""

from collections.abc import Callable, Collection
from contextlib import closing

import numpy as np

from autograder.core.limits import Limits
from autograder.core.records import Report, Status
from autograder.errors import GraderError
from autograder.homework.key import Key, PictureKey
from autograder.intake.take_in import Submission
from autograder.pictures.asking import PictureAsker
from autograder.pictures.numbers import UnusableError, numbers_of, value_of
from autograder.pictures.records import Curve, CurvesPicture, Picture, Pictures, Problem
from autograder.pictures.training import network, words
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
    report: Report | None = None,
    allowed_missing: Collection[str] | None = None,
    seconds: float = PICTURES_SECONDS,
) -> Pictures:
    """Return one picture for each of the key's, whatever the submission does.

    What hung or died while it was graded is not called again; what has no turn in `seconds` has no
    picture. The rest is as of `autograder.grading.grade.grade`.
    """
    if not key.pictures:
        return Pictures()
    ended = (Status.TIMEOUT, Status.CRASHED)
    lost = {check.function for check in report.checks if check.status in ended} if report else ()
    workers = Asker(
        submission,
        key.files,
        spawner,
        limits=Limits(run_seconds=seconds),
        allowed_missing=allowed_missing,
    )
    try:
        with closing(workers):
            asker = PictureAsker(workers, submission.files, lost)
            return Pictures(
                tuple([_KINDS[picture.kind](picture, asker) for picture in key.pictures])
            )
    except (GraderError, OSError):  # no worker: the report goes out without pictures
        return Pictures(notice=NOT_DRAWN)


def _curves(picture: PictureKey, asker: PictureAsker) -> CurvesPicture:
    expected = picture.data["expected"]
    curves = [
        _curve(name, picture, right, asker)
        for name, right in zip(picture.functions, expected, strict=True)
    ]
    return CurvesPicture(picture.title, picture.data["said"], tuple(curves))


def _curve(name: str, picture: PictureKey, expected: np.ndarray, asker: PictureAsker) -> Curve:
    x = picture.data["x"]
    shape = (len(x), 1) if picture.data["is_column"] else x.shape
    outcomes, problem = asker.ask(name, picture.requests[name], 1, seconds=CURVE_SECONDS)
    try:
        got = numbers_of(value_of(outcomes[0]), shape, what="its result") if outcomes else None
    except UnusableError as unusable:
        return Curve(name, x, expected, None, Problem(str(unusable)))
    return Curve(name, x, expected, None if got is None else got.reshape(x.shape), problem)


_KINDS: dict[str, Callable[[PictureKey, PictureAsker], Picture]] = {
    "curves": _curves,
    "network": network,
    "words": words,
}
