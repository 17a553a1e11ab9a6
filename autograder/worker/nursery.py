"""Fork workers on request: numpy is loaded once, and each worker starts from the same clean state.

This process itself never loads anything of a student's, nor does it see a question or an answer. It
speaks with the judge over a socket. ``F`` and a folder, with two descriptors, forks a worker that
serves on them and answers with its process id. ``W`` and a process id waits for a worker that was
ended, ends whatever it left behind, and answers with its exit status. ``Q`` ends the nursery. A
socket that closes without it means that the judge was killed: then the nursery cleans up for it.
"""

import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from autograder.isolation.kernel import end_orphans
from autograder.isolation.protection import Protection
from autograder.isolation.workspace import around, remove_tree
from autograder.worker import NUMBER, QUIT, WAIT

__all__ = ["run_nursery"]

LONGEST_PATH = 4096

#: A nursery has its standard streams, the socket, and for a moment a worker's two pipes.
MOST_DESCRIPTORS = 64

#: How often, and how long apart, the nursery looks whether the judge is gone.
LOOKS_FOR_THE_JUDGE, LOOK_SECONDS = 100, 0.01

Serve = Callable[[Protection, int | None], None]


def run_nursery(serve: Serve, protection: Protection) -> None:
    """Answer requests on descriptor 0 until the judge closes the socket.

    `serve` is what a worker does, with requests on descriptor 0 and replies on descriptor 1. The
    protection is prepared here; each worker puts it on.
    """
    gc.freeze()  # a worker that looks for garbage would have each page of it copied
    judge = os.getppid()
    protection.prepare(os.getcwd(), is_nursery=True)
    nursery = _Nursery(serve, protection)
    is_done = False
    try:
        is_done = nursery.answer_all()
    finally:
        nursery.end_all()
        if not is_done and _is_gone(judge):
            remove_tree(around(Path.cwd()))  # the judge would have done it


def _is_gone(judge: int) -> bool:
    """Tell whether the judge has died; its sockets close a little before it is seen to."""
    for _ in range(LOOKS_FOR_THE_JUDGE):
        if os.getppid() != judge:
            return True
        time.sleep(LOOK_SECONDS)
    return False


class _Kept(NamedTuple):
    """What is known of a worker that is alive."""

    place: int
    user: int | None
    scratch: Path


class _Nursery:
    """The workers that are alive."""

    def __init__(self, serve: Serve, protection: Protection) -> None:
        self.serve = serve
        self.protection = protection
        self.control = socket.socket(fileno=os.dup(0))
        self.workers: dict[int, _Kept] = {}

    def answer_all(self) -> bool:
        """Answer until the judge is done, or closes the socket; return whether it said so."""
        while True:
            message, descriptors, _, _ = socket.recv_fds(self.control, 1 + LONGEST_PATH, 2)
            if message in (b"", QUIT):
                return bool(message)
            content = message[1:]
            if message[:1] == WAIT:
                child = NUMBER.unpack(content)[0]
                self.control.sendall(NUMBER.pack(self._end(child)))
                self._forget(child)  # after the answer: a folder may take long to remove
            else:
                child = self._fork(os.fsdecode(content), descriptors)
                self.control.sendall(NUMBER.pack(child))

    def _fork(self, scratch: str, descriptors: list[int]) -> int:
        taken = {kept.place for kept in self.workers.values()}
        place = min(set(range(len(taken) + 1)) - taken)
        user = self.protection.user_for(place)
        child = os.fork()
        if child == 0:
            self.control.close()
            _become_worker(scratch, descriptors, lambda: self.serve(self.protection, user))
        for descriptor in descriptors:
            os.close(descriptor)
        self.workers[child] = _Kept(place, user, Path(scratch))
        return child

    def _end(self, child: int) -> int:
        """Wait for a worker that was ended, and end what it started; return its exit status."""
        status = _exit_status(child)
        kept = self.workers.get(child)
        if kept is not None and self.protection.state["sweep"] == "":
            end_orphans(set(self.workers) - {child}, kept.user)
        return status

    def _forget(self, child: int) -> None:
        kept = self.workers.pop(child, None)
        if kept is not None:
            remove_tree(kept.scratch)

    def end_all(self) -> None:
        """End every worker that is left, and whatever else is."""
        for child in list(self.workers):
            os.kill(child, signal.SIGKILL)
            self._end(child)
            self._forget(child)
        if self.protection.state["sweep"] == "":
            end_orphans((), None)


def _become_worker(scratch: str, descriptors: list[int], serve: Callable[[], None]) -> None:
    """Turn this forked process into a worker in a session of its own; never returns."""
    status = 1
    try:
        os.setsid()
        os.chdir(scratch)
        os.environ |= {"HOME": scratch, "TMPDIR": scratch}
        for standard, descriptor in enumerate(descriptors):
            os.dup2(descriptor, standard)
        os.closerange(3, 3 + MOST_DESCRIPTORS)
        serve()
        status = 0
    finally:
        os._exit(status)


def _exit_status(child: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except ChildProcessError:
        return 0  # no one's child: there is nothing to tell
