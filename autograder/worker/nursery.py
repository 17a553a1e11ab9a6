"""Fork workers on request: numpy is loaded once, and each worker starts from the same clean state.

This process itself never loads anything of a student's, nor does it see a question or an answer. It
speaks with the judge over a socket. ``F`` and a folder, with two descriptors, forks a worker that
serves on them and answers with its process id. ``W`` and a process id waits for a worker that was
ended, ends whatever it left behind, and answers with its exit status. ``Q`` ends the nursery. A
socket that closes without it means that the judge was killed: then the nursery cleans up for it.
"""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from autograder.isolation.protection import Protection
from autograder.isolation.sweep import end_orphans
from autograder.worker.protocol import NUMBER, QUIT, WAIT
from autograder.workspace import remove_tree

__all__ = ["run_nursery"]

LONGEST_PATH = 4096

#: A nursery has its standard streams, the socket, and for a moment a worker's two pipes.
MOST_DESCRIPTORS = 64

Serve = Callable[[Protection, int | None], None]


def run_nursery(serve: Serve, protection: Protection) -> None:
    """Answer requests on descriptor 0 until the judge closes the socket.

    Parameters
    ----------
    serve : callable
        What a worker does, with requests on descriptor 0 and replies on descriptor 1.
    protection : Protection
        Prepared here; each worker puts it on.
    """
    protection.prepare(is_nursery=True)
    nursery = _Nursery(serve, protection)
    if not nursery.answer_all():
        nursery.end_all()
        remove_tree(Path.cwd())  # the judge's workspace


class _Nursery:
    """The workers that are alive, each with its place among the users."""

    def __init__(self, serve: Serve, protection: Protection) -> None:
        self.serve = serve
        self.protection = protection
        self.workspace = os.getcwd()
        self.control = socket.socket(fileno=os.dup(0))
        self.places: dict[int, int] = {}
        self.scratches: dict[int, Path] = {}

    def answer_all(self) -> bool:
        """Answer until the judge says that it is done, or is gone; return whether it said so."""
        while True:
            try:
                message, descriptors, _, _ = socket.recv_fds(self.control, 1 + LONGEST_PATH, 2)
                if not message or message == QUIT:
                    return bool(message)
                content = message[1:]
                if message[:1] == WAIT:
                    answer = self._end(NUMBER.unpack(content)[0])
                else:
                    answer = self._fork(os.fsdecode(content), descriptors)
                self.control.sendall(NUMBER.pack(answer))
            except ConnectionError:
                return False

    def _fork(self, scratch: str, descriptors: list[int]) -> int:
        place = min(set(range(len(self.places) + 1)) - set(self.places.values()))
        user = self.protection.user_for(place, self.workspace)
        child = os.fork()
        if child == 0:
            self.control.close()
            _become_worker(scratch, descriptors, lambda: self.serve(self.protection, user))
        for descriptor in descriptors:
            os.close(descriptor)
        self.places[child] = place
        self.scratches[child] = Path(scratch)
        return child

    def _end(self, child: int) -> int:
        """Wait for a worker that was ended, and remove what it left; return its exit status."""
        status = _exit_status(child)
        place = self.places.pop(child, None)
        if self.protection.state["sweep"] == "" and place is not None:
            end_orphans(self.places, self.protection.user_for(place, self.workspace))
        if child in self.scratches:
            remove_tree(self.scratches.pop(child))
        return status

    def end_all(self) -> None:
        """End every worker, as the judge would have done."""
        for child in list(self.places):
            os.kill(child, signal.SIGKILL)
            self._end(child)


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
        return 0  # nobody's child: there is nothing to tell
