"""Asks whether it could signal other processes (signal 0: nothing is sent).

shows: marker
layers: syscalls user
"""
import os


def attack():
    for pid in {1, os.getppid(), *range(os.getpid() - 200, os.getpid())}:
        if pid > 0:
            try:
                os.kill(pid, 0)
            except OSError:
                continue
            return f"it may signal {pid}"
