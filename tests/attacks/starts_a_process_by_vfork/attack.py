"""Makes a process by the bare system call.

shows: marker process
layers: syscalls
"""
import os
import time

import outside

CLONE, SIGCHLD = 56, 17


def attack():
    pid = outside.syscall(CLONE, SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    return "a process was made"
