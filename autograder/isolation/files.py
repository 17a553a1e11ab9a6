"""Landlock: what of the file system a worker sees, and the one folder that it may write to.

A submission may import the standard library and numpy, all of it, at any time. What a layer closes
of these would look as if the submission were wrong, so each layer is tried on their files first.

Source: https://docs.kernel.org/userspace-api/landlock.html. From its fourth version on it also
refuses TCP, from its sixth on signals and abstract sockets that lead out of the worker. It does not
cover owners, modes and times of files; `autograder.isolation.syscalls` does.
"""

import os
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import all_suffixes
from pathlib import Path

__all__ = ["FileRules", "can_read", "first_closed", "importable_files"]

#: Earlier versions let every file be cut to nothing.
FIRST_WITH_TRUNCATE = 3

#: What an interpreter looks for at run time, beside its own folders: shared libraries, time zones,
#: randomness.
SYSTEM_PATHS = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)


class FileRules:
    """What workers may read, gathered once; each worker then adds its own folders.

    Raises
    ------
    ImportError
        If the library is not installed.
    OSError
        If the kernel has no Landlock, or not switched on.
    """

    def __init__(self) -> None:
        import py_landlock

        self._library = py_landlock
        try:
            self.version = int(py_landlock.get_abi_version())
        except py_landlock.LandlockError as error:
            raise OSError(str(error)) from error
        self._paths = tuple(_existing([*_interpreter_paths(), *SYSTEM_PATHS]))

    @property
    def bounds_writing(self) -> bool:
        """Whether no way of changing a file's content is left out."""
        return self.version >= FIRST_WITH_TRUNCATE

    def apply(self, folder: str, scratch: str) -> None:
        """Put the rules around this process, for good; raise an OSError if the kernel refuses.

        The submission's `folder` is to be read, `scratch` to be read and written.
        """
        try:
            self._apply(folder, scratch)
        except self._library.LandlockError as error:
            raise OSError(str(error)) from error

    def _apply(self, folder: str, scratch: str) -> None:
        access = self._library.AccessFs
        read = access.READ_FILE | access.READ_DIR
        rules = self._library.Landlock(strict=False)
        for path in (*self._paths, folder):
            is_folder = stat.S_ISDIR(os.stat(path).st_mode)
            rules.add_path_rule(path, access=read if is_folder else access.READ_FILE)
        rules.add_path_rule("/dev/null", access=access.READ_FILE | access.WRITE_FILE)
        rules.allow_read_write(scratch)
        rules.apply()


def _interpreter_paths() -> list[str]:
    packages = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    libraries = os.path.join(sys.base_prefix, "lib")
    return [libraries, *_find_interpreter_folders(), *packages, *_find_numpy_folders()]


def _existing(paths: Iterable[str]) -> list[str]:
    resolved = [os.path.realpath(path) for path in paths if os.path.exists(path)]
    return list(dict.fromkeys(resolved))


#: Not for submissions: tests, other packages, what starts or sets up an interpreter.
_NOT_IMPORTED = frozenset(
    {"test", "tests", "site-packages", "dist-packages", "__pycache__", "ensurepip", "idlelib"}
    | {"lib2to3", "turtledemo", "sitecustomize.py", "usercustomize.py"}
)


def _find_interpreter_folders() -> list[str]:
    """Return the folders of the standard library."""
    paths = sysconfig.get_paths()
    return [os.path.dirname(os.__file__), paths["stdlib"], paths["platstdlib"]]


def _find_numpy_folders() -> list[str]:
    """Return where the loaded numpy is: a ``.pth`` file may have led out of the environment."""
    file = getattr(sys.modules.get("numpy"), "__file__", None)
    folder = os.path.dirname(file) if file else ""
    return [folder, f"{folder}.libs"] if folder else []


def importable_files() -> list[str]:
    """Return the files that a submission's imports may read, and the folders that they list."""
    roots = dict.fromkeys([*_find_interpreter_folders(), *_find_numpy_folders()])
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
