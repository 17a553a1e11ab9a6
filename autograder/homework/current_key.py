"""The up-to-date answer key: read, or compiled first where it is missing or stale."""

import subprocess
import sys

from autograder.errors import GraderError
from autograder.homework.folder import Homework
from autograder.homework.key import Key

__all__ = ["current_key"]


def current_key(homework: Homework, half: str) -> Key:
    """Return the up-to-date key, compiling it in a process of its own where it is missing or stale.

    Whatever keeps it from being compiled is raised as a GraderError.
    """
    key = homework.read_key(half)
    if key is not None:
        return key
    sys.stderr.write("compiling the answer key ...\n")
    # In its own process: this one goes on to start workers, and must not hold the solution.
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "compile", "--homework", str(homework.root)],
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        raise GraderError("the answer key could not be compiled: see above")
    key = homework.read_key(half)
    if key is None:
        raise GraderError("the answer key that was just compiled can't be read: compile it again")
    return key
