"""Stops itself for good, so that nobody waits in vain but the judge.

shows: late
slow: yes
"""
import os
import signal


def attack():
    os.kill(os.getpid(), signal.SIGSTOP)
