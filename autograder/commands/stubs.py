"""The verb ``stubs``: generate ``assignment/`` from ``solution/``, or say where it has drifted."""

import sys

from autograder.homework import Homework
from autograder.stubs import drifted, write_stubs

__all__ = ["run_stubs"]


def run_stubs(*, check_only: bool = False) -> int:
    """Generate the stubs, or compare them.

    Returns
    -------
    int
        0, or 3 where `check_only` finds a difference.
    """
    homework = Homework.here()
    if not check_only:
        for path in write_stubs(homework.solution, homework.assignment):
            sys.stdout.write(f"{path.relative_to(homework.root)}\n")
        return 0
    names = drifted(homework.solution, homework.assignment)
    for name in names:
        sys.stderr.write(f"assignment/{name} is not what solution/ gives: run 'make stubs'\n")
    return 3 if names else 0
