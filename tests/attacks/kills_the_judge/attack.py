"""Kills the process that writes the report.

shows: status json
layers: syscalls user
"""
import os
import signal

import outside


def attack():
    os.kill(outside.judge(), signal.SIGKILL)
