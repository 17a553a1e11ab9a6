"""The verb ``convert``: make a notebook of a folder of files, or files of a notebook."""

import sys
from pathlib import Path

from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.intake.notebook.conversion import convert

__all__ = ["run_convert"]


def run_convert(homework: Homework, source: Path, target: Path, *, force: bool = False) -> int:
    """Convert, and say which files there are now; what is to be known beside that goes to stderr.

    Parameters
    ----------
    source : pathlib.Path
        A folder or a notebook.
    target : pathlib.Path
        The notebook or the folder to write.
    force : bool
        Whether files that are there may be overwritten.

    Returns
    -------
    int
        0: it is done.

    Raises
    ------
    UsageError
        If a path is wrong, or something is in the way.
    """
    key = current_key(homework, "public")
    written, remarks = convert(source, target, key.files, force=force)
    sys.stderr.write("".join([f"{remark}\n" for remark in remarks]))
    sys.stdout.write("".join([f"{path}\n" for path in written]))
    return 0
