"""End what a worker left behind: processes that outlive it, and the folder that it wrote to.

The nursery inherits every orphan of its descendants (`kernel.inherit_orphans`), so whatever a
worker started, however it was detached, becomes the nursery's own child once the worker is dead.
"""

import contextlib
import os
import signal
import time
from collections.abc import Collection
from pathlib import Path

from autograder.isolation.users import end_all_of

__all__ = ["end_orphans"]

#: A storm of processes that keep starting others is given up after so long.
SWEEP_SECONDS = 5.0

#: How long to wait before looking again.
LOOK_SECONDS = 0.002


def end_orphans(known: Collection[int], user: int | None) -> bool:
    """End every child of this process that is not `known`.

    Parameters
    ----------
    known : collection of int
        Process numbers of workers that are still wanted.
    user : int or None
        The user of the worker that ended, if it had one of its own.

    Returns
    -------
    bool
        Whether none is left.
    """
    deadline = time.monotonic() + SWEEP_SECONDS
    while orphans := [child for child in _children() if child not in known]:
        if user is not None:
            end_all_of(user)
        for orphan in orphans:
            _end(orphan)
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _end(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def _children() -> list[int]:
    own = os.getpid()
    try:
        listed = Path(f"/proc/{own}/task/{own}/children").read_text("ascii")
    except OSError:
        return _children_of_all(own)
    return [int(number) for number in listed.split()]


def _children_of_all(own: int) -> list[int]:
    """Look through all processes: some kernels keep no list of children."""
    found = []
    for entry in Path("/proc").iterdir() if os.path.isdir("/proc/self") else ():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(fields[1]) == own:
                found.append(int(entry.name))
    return found
