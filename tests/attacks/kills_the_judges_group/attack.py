"""Kills the judge's process group.

shows: status json
layers: syscalls user
"""
import os
import signal

import outside


def attack():
    group = os.getpgid(outside.judge())
    if group in outside.judges():
        os.killpg(group, signal.SIGKILL)
