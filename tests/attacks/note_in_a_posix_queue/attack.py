"""Leaves a note in a POSIX message queue.

shows: marker
layers: syscalls
"""
import ctypes
import os

import outside

MQ_OPEN, MQ_UNLINK = 240, 241


def attack():
    name = f"note-{outside.mark()}".encode()
    try:
        outside.syscall(MQ_OPEN, name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666, None)
    except FileExistsError:
        outside.syscall(MQ_UNLINK, name)
        return "a note from the phase before"
    except OSError:
        ctypes.set_errno(0)
