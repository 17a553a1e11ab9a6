"""Blocks in an exit handler, a finalizer and a thread.

shows: late
"""
import atexit
import threading
import time


class Stays:
    def __del__(self):
        time.sleep(1000)


def attack():
    attack.kept = Stays()
    attack.kept.itself = attack.kept
    atexit.register(time.sleep, 1000)
    threading.Thread(target=time.sleep, args=(1000,)).start()
