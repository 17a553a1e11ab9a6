"""Sleeps forever, deaf to every signal that can be ignored.

shows: late
slow: yes
"""
import signal
import time


def attack():
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        time.sleep(100)
