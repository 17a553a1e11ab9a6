"""Forks a process that goes on.

shows: process marker late
layers: syscalls user sweep
"""
import os
import time


def attack():
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
