"""Let one compile after the other into a homework's ``build/``."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["locked"]

#: How often it is tried again where a system can't wait for a lock.
EVERY_SECONDS = 0.5


@contextmanager
def locked(path: Path, *, waiting: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock of a file inside the block; yield whether another process had it before.

    The system frees it when a process ends, however that happens, so that none is left behind. Of
    what this process forks, nothing holds it. `waiting` is called once where it has to be waited.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        is_taken = not _take(file, is_waiting=False)
        if is_taken:
            waiting()
            while not _take(file, is_waiting=True):
                time.sleep(EVERY_SECONDS)
        yield is_taken


if os.name == "nt":
    import msvcrt

    def _take(file: IO[bytes], *, is_waiting: bool) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: IO[bytes], *, is_waiting: bool) -> bool:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
