"""Kills the process that makes workers, in every phase.

shows: status json
layers: syscalls user
"""
import os
import signal

import outside


def attack():
    os.kill(outside.judges()[0], signal.SIGKILL)
