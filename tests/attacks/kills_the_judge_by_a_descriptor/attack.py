"""Kills the judge by a descriptor of its process.

shows: status json
layers: syscalls user
"""
import os
import signal

import outside


def attack():
    judge = os.pidfd_open(outside.judge())
    signal.pidfd_send_signal(judge, signal.SIGKILL)
