"""Start worker processes: while their nursery loads numpy, so does the judge.

Where processes can be forked, one nursery (`autograder.worker.nursery`) loads numpy once and forks
a worker whenever one is wanted. Elsewhere each worker is an interpreter of its own. This module
imports the standard library alone and is imported first.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import cast

from autograder.errors import GraderError
from autograder.isolation.workspace import workspace
from autograder.worker import FORK, NUMBER, NUMPY_FOLDER, QUIT, WAIT

__all__ = ["Spawned", "Spawner", "spawning"]

_PROGRAM = Path(__file__).parents[1] / "worker" / "__main__.py"

#: The environment of a worker, beside what finds a library: nothing of the caller's. One thread, so
#: that sums are always added in the same order and the address space stays small.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "PYTHONBREAKPOINT": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}

#: Passed on where set: some machines need them for linear algebra, or to start Python at all.
_PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "SYSTEMROOT", "LD_LIBRARY_PATH")

#: Passed on too where libraries are found by it: conda's numpy on Windows does not load without.
_PASSED_ON_WINDOWS = ("PATH",)

#: How long a nursery may take to load numpy, on a cold and busy machine.
START_SECONDS = 60.0

#: How long a process may take to end that closed its pipe; longer, and it did not mean to.
SETTLE_SECONDS = 2.0

#: How long a nursery may take to end by itself.
END_SECONDS = 2.0


class Spawned:
    """A worker process that waits for its first request, leader of a process group of its own.

    `requests` and `replies` are the judge's ends of its pipes, `scratch` is its working directory,
    its own and empty. `wait` waits until the process is gone, and returns its exit status: negative
    for a signal, None where it can't be known.
    """

    def __init__(
        self,
        pid: int,
        requests: FileIO,
        replies: FileIO,
        *,
        scratch: Path,
        wait: Callable[[], int | None],
    ) -> None:
        self.requests = requests
        self.replies = replies
        self.scratch = scratch
        self._pid = pid
        self._wait = wait
        self._is_gone = False
        self._status: int | None = None

    def kill(self) -> None:
        """End the process and everything in its group; no harm if it is gone."""
        if self._is_gone or self._pid <= 1:  # to the system, that would be ourselves or everyone
            return  # its process id may be another's by now
        for end in (_kill_group, _kill_process):
            try:
                end(self._pid)
            except (OSError, AttributeError):
                continue  # no such group (any more, or not yet; Windows has none): it alone
            return

    def settle(self) -> None:
        """Wait a moment for a process that closed its pipe, as ending does, to be gone by itself.

        Killed earlier, it would now have its own exit status, now that of the signal.
        """
        try:
            descriptor = os.pidfd_open(self._pid)  # Linux; elsewhere no one's child can be awaited
        except (OSError, AttributeError):
            return
        try:
            select.select([descriptor], [], [], SETTLE_SECONDS)
        finally:
            os.close(descriptor)

    def wait(self) -> int | None:
        """Return the exit status of a process that has ended or was killed."""
        if not self._is_gone:
            self._status = self._wait()
            self._is_gone = True
        return self._status

    def end(self) -> None:
        """End the process and wait for it; its pipes are closed by whoever uses them."""
        self.kill()
        self.wait()


def _kill_group(pid: int) -> None:
    os.killpg(pid, signal.SIGKILL)


def _kill_process(pid: int) -> None:
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


class Spawner:
    """Start workers, each with a scratch folder in `workspace`, which the caller removes.

    They are forked from a nursery where the system can. Layers of protection are left off
    (`without`, see `autograder.isolation.layers`) for tests of the grader.
    """

    def __init__(
        self,
        workspace: Path,
        *,
        forks: bool = hasattr(os, "fork"),
        without: Sequence[str] = (),
    ) -> None:
        self.workspace = workspace
        workspace.mkdir(parents=True, exist_ok=True)
        self._without = tuple(without)
        self._started = 0
        self._nursery = _Nursery(workspace, self._without) if forks else None
        if sys.platform == "linux" and "judge" not in self._without:
            from autograder.isolation.kernel import hide_memory

            hide_memory()

    def take(self) -> Spawned:
        """Return a fresh worker."""
        self._started += 1
        scratch = self.workspace / f"scratch-{self._started}"
        scratch.mkdir(mode=0o700)
        if self._nursery is None:
            return _start_alone(scratch, self._without)
        try:
            return self._nursery.fork(scratch)
        except OSError:  # someone ended it: a student's code may try
            self._nursery.close()
        self._nursery = _Nursery(self.workspace, self._without)
        try:
            return self._nursery.fork(scratch)
        except OSError as error:
            raise GraderError(
                f"no worker process could be started with {sys.executable}: look whether"
                f" '{sys.executable} -s -c \"import numpy\"' works, and install numpy there"
            ) from error

    def close(self) -> None:
        """End what is not a worker's."""
        if self._nursery is not None:
            self._nursery.close()


@contextlib.contextmanager
def spawning(*, without: Sequence[str] = ()) -> Iterator[Spawner]:
    """Start workers in a temporary folder, and leave neither these nor that behind."""
    with workspace() as folder:
        spawner = Spawner(folder, without=without)
        try:
            yield spawner
        finally:
            spawner.close()


def _make_options() -> list[str]:
    """Return what Python is told: bytecode of the grader's own is kept where it is of this process.

    A worker keeps none any more by the time that it loads anything of a submission.
    """
    return ["-s", *(["-B"] if sys.dont_write_bytecode else [])]


def _make_environment() -> dict[str, str]:
    names = _PASSED_ON + (_PASSED_ON_WINDOWS if sys.platform == "win32" else ())
    passed_on = {name: os.environ[name] for name in names if name in os.environ}
    return _ENVIRONMENT | passed_on | _find_numpy_elsewhere()


def _find_numpy_elsewhere() -> dict[str, str]:
    """Return where numpy is, should the user's own path lead to it, as on some clusters."""
    if not os.environ.get("PYTHONPATH"):
        return {}
    from importlib.util import find_spec

    spec = find_spec("numpy")
    file = spec.origin if spec is not None else None
    return {NUMPY_FOLDER: str(Path(file).parents[1])} if file else {}


class _Nursery:
    """The process that forks workers, and the socket to it."""

    def __init__(self, folder: Path, without: Sequence[str]) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(START_SECONDS)
        self._process = subprocess.Popen(
            [sys.executable, *_make_options(), str(_PROGRAM), "nursery", *without],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_make_environment(),
            cwd=folder,
            start_new_session=True,
        )
        theirs.close()

    def fork(self, scratch: Path) -> Spawned:
        """Return a new worker; raise an OSError if the nursery is gone."""
        their_requests, requests = os.pipe()
        replies, their_replies = os.pipe()
        try:
            message = FORK + os.fsencode(scratch)
            socket.send_fds(self._socket, [message], [their_requests, their_replies])
            pid = self._receive(b"")
        except OSError:
            os.close(requests)
            os.close(replies)
            raise
        finally:
            os.close(their_requests)
            os.close(their_replies)
        return Spawned(
            pid,
            os.fdopen(requests, "wb", buffering=0),
            os.fdopen(replies, "rb", buffering=0),
            scratch=scratch,
            wait=lambda: self._wait(pid),
        )

    def _receive(self, request: bytes) -> int:
        """Return the answer to a request.

        If none comes, nothing is asked again: whatever came later would be taken for the answer to
        another request.
        """
        try:
            self._socket.sendall(request)
            return self._receive_number()
        except OSError:
            self._socket.close()
            raise

    def _receive_number(self) -> int:
        content = b""
        while len(content) < NUMBER.size:
            more = self._socket.recv(NUMBER.size - len(content))
            if not more:
                raise ConnectionError("the nursery is gone")
            content += more
        number: int = NUMBER.unpack(content)[0]
        return number

    def _wait(self, pid: int) -> int | None:
        try:
            return self._receive(WAIT + NUMBER.pack(pid))
        except OSError:
            return None

    def close(self) -> None:
        """End the nursery."""
        with contextlib.suppress(OSError):
            self._socket.sendall(QUIT)
        self._socket.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_process(self._process.pid)
            self._process.wait()


def _start_alone(scratch: Path, without: Sequence[str]) -> Spawned:
    """Start a worker as an interpreter of its own."""
    process = subprocess.Popen(
        [sys.executable, *_make_options(), str(_PROGRAM), "worker", *without],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env=_make_environment() | {"HOME": str(scratch), "TMPDIR": str(scratch)},
        cwd=scratch,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    requests, replies = cast(FileIO, process.stdin), cast(FileIO, process.stdout)
    return Spawned(process.pid, requests, replies, scratch=scratch, wait=process.wait)
