"""Fork workers on request: numpy is loaded once, and each worker starts from the same clean state.

This process itself never loads anything of a student's, nor does it see a question or an answer. It
speaks with the judge over a socket. ``F`` and a folder, with two descriptors, forks a worker that
serves on them and answers with its process id. ``W`` and a process id waits for a worker that was
ended and answers with its exit status.
"""

import os
import socket
import struct
from collections.abc import Callable

__all__ = ["FORK", "NUMBER", "WAIT", "run_nursery"]

FORK, WAIT = b"F", b"W"

#: Process ids and exit statuses on the socket; an exit status is negative for a signal.
NUMBER = struct.Struct("<q")

LONGEST_PATH = 4096


def run_nursery(serve: Callable[[], None]) -> None:
    """Answer requests on descriptor 0 until the judge closes the socket.

    Parameters
    ----------
    serve : callable
        What a worker does, with requests on descriptor 0 and replies on descriptor 1.
    """
    control = socket.socket(fileno=os.dup(0))
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1 + LONGEST_PATH, 2)
        if not message:
            return
        content = message[1:]
        if message[:1] == WAIT:
            control.sendall(NUMBER.pack(_exit_status(NUMBER.unpack(content)[0])))
            continue
        child = os.fork()
        if child == 0:
            control.close()
            _become_worker(os.fsdecode(content), descriptors, serve)
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(NUMBER.pack(child))


def _become_worker(scratch: str, descriptors: list[int], serve: Callable[[], None]) -> None:
    """Turn this forked process into a worker in a session of its own; never returns."""
    status = 1
    try:
        os.setsid()
        os.chdir(scratch)
        os.environ |= {"HOME": scratch, "TMPDIR": scratch}
        for standard, descriptor in enumerate(descriptors):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        serve()
        status = 0
    finally:
        os._exit(status)


def _exit_status(child: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except ChildProcessError:
        return 0  # nobody's child: there is nothing to tell
