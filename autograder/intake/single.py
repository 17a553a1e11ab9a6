"""Open the one file that somebody named: a notebook, or what is to be a zip."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_NOTEBOOK_BYTES, File, Listing, shown, too_large

__all__ = ["open_notebook", "opened_file"]

#: Not to be waited for, should a pipe take the file's place.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def opened_file(path: Path) -> int:
    """Return a descriptor of the regular file at `path`, for reading.

    Raises
    ------
    IntakeError
        If there is none, or it can't be read.
    """
    name = shown(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening may do something, to a device
            raise IntakeError(f"{name} is neither a folder nor a file: check the path")
        if path.suffix.lower() == ".py":
            raise IntakeError(
                f"{name} is one file: give the folder that it is in, {shown(path.parent)}"
            )
        return os.open(path, _READING)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        sentence = f"there is no folder, zip or notebook at {name}: check the path"
        raise IntakeError(sentence) from error
    except OSError as error:
        raise IntakeError(f"{name} can't be read: {error.strerror}") from error


@contextmanager
def open_notebook(path: Path) -> Iterator[Listing]:
    """List the notebook at `path` as what a submission holds.

    Raises
    ------
    IntakeError
        If there is none.
    """
    with os.fdopen(opened_file(path), "rb") as handle:

        def read() -> bytes:
            content = handle.read(MAX_NOTEBOOK_BYTES + 1)
            if len(content) > MAX_NOTEBOOK_BYTES:
                raise IntakeError(too_large(shown(path), MAX_NOTEBOOK_BYTES))
            return content

        yield Listing((), notebooks=(File(PurePosixPath(path.name), read),))
