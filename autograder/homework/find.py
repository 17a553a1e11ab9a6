"""Find the homework that a call is about: the checkout around the grader, or a student's folder.

Only the file system's names are looked at here, so that it costs a command nothing to ask.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import UsageError

__all__ = ["HANDED_OUT_KEY", "find_root", "is_handed_out", "is_root"]

#: Where students have the public key: beside grade.py. Staff have theirs in build/.
HANDED_OUT_KEY = "answer-key.public"

#: Names the folder to those that grade.py starts, wherever it was called from.
VARIABLE = "AUTOGRADER_HOMEWORK"

_KEYS = (HANDED_OUT_KEY, "build/answer-key.public", "build/answer-key.full")


def find_root(near: Path | None = None) -> Path:
    """Return the homework's folder.

    Parameters
    ----------
    near : pathlib.Path, optional
        A file or folder in it, such as a notebook; it counts before all else.

    Raises
    ------
    UsageError
        If the grader is installed by itself, and the working directory is in no homework.

    Notes
    -----
    After `near` come the folder around this package, as in a checkout or on a grading platform; the
    folder that ``grade.py`` names; and the working directory with the folders around it.
    """
    package = Path(__file__).resolve().parents[2]
    found = next(filter(is_root, _candidates(near, package)), None)
    if found is not None:
        return found
    if not any(package.glob("numpy_homework_autograder-*.dist-info")):
        return package  # not installed: a checkout, or a platform's folder, that lacks something
    raise UsageError(
        f"you are in the wrong folder ({Path.cwd()}): cd to the homework's folder, the one with"
        f" {HANDED_OUT_KEY} and grade.py, and run this again"
    )


def is_handed_out() -> bool:
    """Tell whether the homework of this call is as students have it, with the public key alone."""
    try:
        return (find_root() / HANDED_OUT_KEY).is_file()
    except UsageError:
        return False


def _candidates(near: Path | None, package: Path) -> Iterator[Path]:
    if near is not None:
        yield from _upward(near)
    yield package
    if os.environ.get(VARIABLE):
        yield Path(os.environ[VARIABLE])
    yield from _upward(Path.cwd())


def is_root(folder: Path) -> bool:
    """Tell whether a folder is a homework's: it has a compiled key, or what one is made from."""
    if any([(folder / name).is_file() for name in _KEYS]):
        return True
    return (folder / "solution").is_dir() and (folder / "autograder" / "rubric").is_dir()


def _upward(place: Path) -> list[Path]:
    """Return the place and the folders around it, the innermost first."""
    full = place.resolve()
    return [full, *full.parents]
