"""Start worker processes ahead of time: while they load numpy, so does the judge.

This module imports the standard library alone and is imported first.
"""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Spawned", "Spawner"]

_PROGRAM = Path(__file__).parent / "worker" / "__main__.py"

#: The environment of a worker, beside what finds a library: nothing of the caller's. One thread, so
#: that sums are always added in the same order and the address space stays small.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}

#: Passed on where set: some machines need them for numpy's linear algebra, or to start Python at
#: all.
_PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "SYSTEMROOT", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Spawned:
    """A worker process that waits for its first request.

    Attributes
    ----------
    process : subprocess.Popen
        Its standard input and output are pipes; it leads a process group of its own.
    scratch : pathlib.Path
        Its working directory, its own and empty.
    """

    process: subprocess.Popen[bytes]
    scratch: Path

    def kill(self) -> None:
        """End the process and everything in its group; no harm if it is gone."""
        try:
            if sys.platform == "win32":
                self.process.kill()
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def close(self) -> None:
        """End the process, wait for it, and close its pipes."""
        self.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()  # type: ignore[union-attr]
            except OSError:
                continue  # a request was still on its way to a dead worker


class Spawner:
    """Start workers, some of them before they are asked for.

    Parameters
    ----------
    workspace : pathlib.Path
        An empty folder for the workers' scratch folders; the caller removes it.
    ahead : int
        How many to start now.
    """

    def __init__(self, workspace: Path, *, ahead: int = 0) -> None:
        self.workspace = workspace
        self._started = 0
        self._waiting = [self._start() for _ in range(ahead)]

    def take(self) -> Spawned:
        """Return a worker that nobody else has."""
        return self._waiting.pop(0) if self._waiting else self._start()

    def close(self) -> None:
        """End the workers that nobody took."""
        for spawned in self._waiting:
            spawned.close()
        self._waiting = []

    def _start(self) -> Spawned:
        self._started += 1
        scratch = self.workspace / f"scratch-{self._started}"
        scratch.mkdir(parents=True)
        environment = _ENVIRONMENT | {
            name: os.environ[name] for name in _PASSED_ON if name in os.environ
        }
        process = subprocess.Popen(
            [sys.executable, "-s", "-B", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"HOME": str(scratch), "TMPDIR": str(scratch)},
            cwd=scratch,
            start_new_session=True,
        )
        return Spawned(process, scratch)
