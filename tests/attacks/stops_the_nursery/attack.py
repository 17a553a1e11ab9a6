"""Stops the process that makes workers.

shows: late
layers: syscalls user
slow: yes
"""
import os
import signal

import outside


def attack():
    os.kill(outside.judges()[0], signal.SIGSTOP)
