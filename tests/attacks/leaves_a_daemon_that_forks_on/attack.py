"""Leaves a process that forks again all the time, so that none lives long enough to be killed.

shows: process late
layers: syscalls user
"""
import os
import time


def attack():
    if os.fork() == 0:
        os.setsid()
        for _ in range(4000):
            if os.fork():
                os._exit(0)
            os.setsid()
            time.sleep(0.004)
        os._exit(0)
