"""Forks twice, leaves session and group, and goes on.

shows: process late
layers: syscalls user sweep
"""
import os
import time


def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(30)
        os._exit(0)
