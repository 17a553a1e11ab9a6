"""A temporary folder for one run, removed whatever was left in it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["remove_tree", "workspace"]


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """Make an empty folder, and remove it with all that is in it by then."""
    folder = Path(tempfile.mkdtemp(prefix="grade-")).resolve()
    try:
        yield folder
    finally:
        remove_tree(folder)


def remove_tree(folder: Path) -> None:
    """Remove a folder that strangers' code wrote to: thousands of levels deep, or closed to us."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        if os.name == "posix" and folder.exists():
            # Python walks a tree by recursion, up to 3.12; this one does not.
            subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True)
