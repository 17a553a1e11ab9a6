"""Leaves a process behind that replaces the report when grading is over.

shows: score process
layers: syscalls user
"""
import os
import time

import outside


def attack():
    if os.fork() == 0:
        os.setsid()
        os.closerange(0, 256)
        for _ in range(40):
            time.sleep(0.1)
            with open(outside.place("report"), "w") as file:
                file.write('{"score": 100, "max_score": 100, "finished": true, "checks": []}')
        os._exit(0)
