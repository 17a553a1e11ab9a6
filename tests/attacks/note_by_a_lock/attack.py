"""Locks a file that both phases can read, and leaves a process that keeps the lock.

shows: marker process late
layers: syscalls
"""
import fcntl
import os
import time

import outside


def attack():
    file = os.open(outside.libc.__code__.co_filename, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "a note from the phase before"
    if os.fork() == 0:
        os.setsid()
        time.sleep(30)
        os._exit(0)
