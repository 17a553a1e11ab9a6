"""Raises KeyboardInterrupt in the main thread of everything that it can reach.

shows: status json
layers: syscalls user
"""
import os
import signal

import outside


def attack():
    for pid in outside.judges():
        os.kill(pid, signal.SIGINT)
    raise KeyboardInterrupt
