"""A temporary folder for one run: bounded, and removed whatever was left in it.

The nursery loads this before its first worker: what takes time to load is loaded where it is used.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["around", "holds_more", "remove_tree", "workspace"]

#: How the names of these folders begin.
PREFIX = "grade-"


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """Make an empty folder, and remove it with all that is in it by then.

    Its name can't be guessed, and the folder around it, whose name everyone can see, is listed to
    no one: workers of other graders pass by.
    """
    import tempfile

    outer = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    try:
        folder = outer / os.urandom(16).hex()
        for place in (outer, folder):
            place.mkdir(exist_ok=True)
            # A worker with a user of its own has to pass through.
            place.chmod(0o711 if hasattr(os, "geteuid") and os.geteuid() == 0 else 0o700)
        yield folder
    finally:
        remove_tree(outer)


def around(folder: Path) -> Path:
    """Return the folder around a workspace, or the folder itself where it is none."""
    return folder.parent if folder.parent.name.startswith(PREFIX) else folder


def remove_tree(folder: Path) -> None:
    """Remove a folder that strangers' code wrote to: thousands of levels deep, or closed to us."""
    import shutil

    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        if os.name == "posix" and folder.exists():
            import subprocess

            # Python walks a tree by recursion, up to 3.12; this one does not.
            for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
                subprocess.run([*command, "--", str(folder)], check=False, capture_output=True)


def holds_more(folder: Path, most_bytes: int, most_entries: int) -> bool:
    """Tell whether a folder holds more than that altogether, looking no further than it takes.

    One that can't be looked into, or is too deep for it, counts as holding more.
    """
    size, entries, folders = 0, 0, [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as found:
                for entry in found:
                    entries += 1
                    with contextlib.suppress(FileNotFoundError):  # removed in the meantime
                        size += entry.stat(follow_symlinks=False).st_size
                    if entries > most_entries or size > most_bytes:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return True
    return False
