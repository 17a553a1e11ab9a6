"""Say what may have been meant by a path that leads nowhere."""

import difflib
import os
from pathlib import Path

from autograder.core.text import one_line

__all__ = ["no_submission_at"]

#: Characters of a path in a sentence.
MAX_SHOWN = 200


def no_submission_at(path: Path) -> str:
    """Return the sentence about a submission that is not there, with what is there of that name."""
    sentence = f"there is no folder, zip or notebook at {one_line(str(path), limit=MAX_SHOWN)}"
    near = _near(path)
    if near is not None:
        return f"{sentence}: did you mean {one_line(str(near), limit=MAX_SHOWN)}?"
    here = one_line(os.getcwd(), limit=MAX_SHOWN)
    where = "" if path.is_absolute() else f" (this runs in {here})"
    return f"{sentence}: check the path{where}"


def _near(path: Path) -> Path | None:
    """Return what is there under nearly the same name, here, one folder up, or further down."""
    for folder in (path.parent, Path(), Path("..")):
        try:
            names = sorted([entry.name for entry in os.scandir(folder)])
        except (OSError, ValueError):
            continue
        lower = {name.lower(): name for name in reversed(names)}
        near = difflib.get_close_matches(path.name.lower(), lower, n=1, cutoff=0.75)
        if near:
            return folder / lower[near[0]]
    return None
