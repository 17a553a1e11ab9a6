"""Kills the worker that waits for the hidden questions.

shows: nothing, a grader without a boundary has one process at a time
layers: syscalls user
"""
import os
import signal

import outside


def attack():
    for pid in outside.siblings():
        os.kill(pid, signal.SIGKILL)
        return "another worker was killed"
