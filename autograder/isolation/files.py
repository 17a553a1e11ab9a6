"""Landlock: what of the file system a worker sees, and the one folder that it may write to.

Source: https://docs.kernel.org/userspace-api/landlock.html. From its fourth version on it also
refuses TCP, from its sixth on signals and abstract sockets that lead out of the worker. It does not
cover owners, modes and times of files; `autograder.isolation.syscalls` does.
"""

import os
import stat
import sys
import sysconfig
from collections.abc import Iterable

from autograder.isolation.libraries import interpreter_folders, numpy_folders

__all__ = ["FileRules"]

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
        """Put the rules around this process, for good.

        Parameters
        ----------
        folder : str
            The submission, to be read.
        scratch : str
            The folder to be read and written.

        Raises
        ------
        OSError
            If the kernel refuses.
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
    return [libraries, *interpreter_folders(), *packages, *numpy_folders()]


def _existing(paths: Iterable[str]) -> list[str]:
    resolved = [os.path.realpath(path) for path in paths if os.path.exists(path)]
    return list(dict.fromkeys(resolved))
