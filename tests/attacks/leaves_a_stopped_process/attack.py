"""Leaves a process that is stopped, with every signal blocked.

shows: process late
layers: syscalls user sweep
"""
import os
import signal
import time


def attack():
    if os.fork() == 0:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(30)
        os._exit(0)
