"""Forks as often as it can (here at most 150 times).

shows: marker process
layers: syscalls limits
"""
import os
import time


def attack():
    made = 0
    for _ in range(150):
        pid = os.fork()
        if pid == 0:
            time.sleep(8)
            os._exit(0)
        made += 1
    return f"{made} processes were made"
