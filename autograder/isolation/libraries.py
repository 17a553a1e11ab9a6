"""Where the standard library and numpy are on this machine, and every file of them.

A submission may import all of it, at any time. What a layer closes of it would look as if the
submission were wrong, so each layer is tried on these files first.
"""

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import all_suffixes
from pathlib import Path

__all__ = [
    "can_read",
    "first_closed",
    "importable_files",
    "interpreter_folders",
    "numpy_folders",
]

#: Not for submissions: tests, other packages, what starts or sets up an interpreter.
_NOT_IMPORTED = frozenset(
    {"test", "tests", "site-packages", "dist-packages", "__pycache__", "ensurepip", "idlelib"}
    | {"lib2to3", "turtledemo", "sitecustomize.py", "usercustomize.py"}
)


def interpreter_folders() -> list[str]:
    """Return the folders of the standard library."""
    paths = sysconfig.get_paths()
    return [os.path.dirname(os.__file__), paths["stdlib"], paths["platstdlib"]]


def numpy_folders() -> list[str]:
    """Return where the loaded numpy is: a ``.pth`` file may have led out of the environment."""
    file = getattr(sys.modules.get("numpy"), "__file__", None)
    folder = os.path.dirname(file) if file else ""
    return [folder, f"{folder}.libs"] if folder else []


def importable_files() -> list[str]:
    """Return the files that a submission's imports may read, and the folders that they list."""
    roots = dict.fromkeys([*interpreter_folders(), *numpy_folders()])
    return [path for root in roots if os.path.isdir(root) for path in _walk(root)]


def _walk(folder: str) -> Iterator[str]:
    yield folder
    endings = tuple(all_suffixes())
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # closed to this process as well
    for entry in entries:
        if entry.name in _NOT_IMPORTED:
            continue
        if entry.is_dir():
            yield from _walk(entry.path)
        elif entry.name.endswith(endings):
            yield entry.path


def can_read(path: str) -> bool:
    """Tell whether this process may open a file, or list a folder."""
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def first_closed(paths: Iterable[str]) -> str:
    """Return the first of `paths` that can't be read, or the folder on the way that is closed."""
    path = next((path for path in paths if not can_read(path)), "")
    if not path:
        return ""
    places = [str(place) for place in reversed(Path(path).parents)]
    return next((place for place in places if not os.access(place, os.X_OK)), path)
