"""Refuse, with a sentence, what a submission may not do: a fence in front of the walls.

An audit hook closes the grader's own folders, other processes and the network. Machine code steps
over it (what holds then is `autograder.isolation`), but it is there on every system, so that the
same code gets the same grade everywhere, and says what a bare system error would not.

Source of the events: https://docs.python.org/3/library/audit_events.html
"""

import os
import sys
from collections.abc import Sequence

__all__ = ["NO_PROCESS", "fence_off"]

_PATH_EVENTS = frozenset(
    {"open", "os.listdir", "os.scandir", "os.chdir", "os.link", "os.symlink", "os.rename"}
)

NO_PROCESS = "a submission may not start other processes: calculate in this one"
_NETWORK = "a submission has no network"

_SENTENCES = {
    "os.fork": NO_PROCESS,
    "os.forkpty": NO_PROCESS,
    "os.exec": NO_PROCESS,
    "os.posix_spawn": NO_PROCESS,
    "os.spawn": NO_PROCESS,
    "os.startfile": NO_PROCESS,
    "os.system": NO_PROCESS,
    "subprocess.Popen": NO_PROCESS,
    "_winapi.CreateProcess": NO_PROCESS,
    "socket.__new__": _NETWORK,
    "socket.getaddrinfo": _NETWORK,
    "socket.gethostbyname": _NETWORK,
    "socket.gethostbyaddr": _NETWORK,
}


def fence_off(folders: Sequence[str]) -> None:
    """Refuse all of that from now on, with a PermissionError; there is no way back.

    What is below the `folders`, absolute paths of the grader's own, is closed, too.
    """
    closed = tuple([_full(folder) for folder in folders])

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in _SENTENCES:
            raise PermissionError(_SENTENCES[event])
        if event not in _PATH_EVENTS:
            return
        for argument in arguments[:2]:
            if isinstance(argument, str | bytes | os.PathLike):
                path = _full(os.fsdecode(argument))
                if any([path == folder or path.startswith(folder + os.sep) for folder in closed]):
                    raise PermissionError("a submission may not look into the grader's own files")

    sys.addaudithook(refuse)


def _full(path: str) -> str:
    """Return a path in the one form in which it can be compared."""
    return os.path.normcase(os.path.realpath(path))
