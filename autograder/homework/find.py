"""Find the homework that a call is about: the nearest folder upward that has a ``homework.ini``.

It is named, or it is the one around the working directory (in a notebook, around the notebook).
Where this package lies does not matter, and neither does where a submission lies: a homework's
rubric is code that runs with the rights of whoever grades, and a submission could bring one.
"""

from pathlib import Path

from autograder.errors import UsageError

__all__ = ["HANDED_OUT_KEY", "HANDED_OUT_STUBS", "SETTINGS", "find_homework"]

#: What makes a folder a homework's; what it says is in `autograder.homework.settings`.
SETTINGS = "homework.ini"

#: Where students have the public key: beside grade.py. Staff have theirs in build/.
HANDED_OUT_KEY = "answer-key.public"

#: Where students have the stubs as they were handed out: a text for each file's name.
HANDED_OUT_STUBS = "stubs.json"


def find_homework(
    named: Path | None = None, *, near: Path | None = None, submission: Path | None = None
) -> Path:
    """Return the homework's folder.

    Parameters
    ----------
    named : pathlib.Path, optional
        The folder, where someone said which.
    near : pathlib.Path, optional
        Where to look from, in place of the working directory.
    submission : pathlib.Path, optional
        What is to be graded. A homework that is found, not named, may not lie in it.

    Raises
    ------
    UsageError
        If there is none, or only one that a submission brought; the sentence says what to do.
    """
    if named is not None:
        if not (named / SETTINGS).is_file():
            raise UsageError(f"{named} is not a homework's folder: it has no {SETTINGS}")
        return named.resolve()
    start = (near or Path.cwd()).resolve()
    found = next((f for f in (start, *start.parents) if (f / SETTINGS).is_file()), None)
    if found is None:
        raise UsageError(
            f"you are in the wrong folder ({start}): neither it nor a folder around it has a"
            f" {SETTINGS}. cd to the homework's folder and run this again, or name that folder:"
            " --homework FOLDER"
        )
    if submission is not None and found.is_relative_to(submission.resolve()):
        raise UsageError(
            f"the homework found from here ({found}) is inside the submission itself, which may not"
            " say how it is graded: name the folder of the files alone (such as assignment/), or"
            " the homework that is meant: --homework FOLDER"
        )
    return found
