"""Keep files of the grader closed to the code that runs in this process.

An audit hook refuses to open, or to list, whatever lies in certain folders: the solution and the
answer key, where they are on this machine. It is a fence, not a wall (machine code can step over
it), and costs nothing to have everywhere.
"""

import os
import sys
from collections.abc import Sequence

__all__ = ["fence_off"]

_EVENTS = frozenset(
    {"open", "os.listdir", "os.scandir", "os.chdir", "os.link", "os.symlink", "os.rename"}
)


def fence_off(folders: Sequence[str]) -> None:
    """Refuse access to `folders` from now on; there is no way back.

    Parameters
    ----------
    folders : sequence of str
        Absolute paths; what is below them is refused too, with a PermissionError.
    """
    closed = tuple([os.path.realpath(folder) for folder in folders])

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event not in _EVENTS:
            return
        for argument in arguments[:2]:
            if isinstance(argument, str | bytes | os.PathLike):
                path = os.path.realpath(os.fsdecode(argument))
                if any([path == folder or path.startswith(folder + os.sep) for folder in closed]):
                    raise PermissionError("a submission may not look into the grader's own files")

    sys.addaudithook(refuse)
