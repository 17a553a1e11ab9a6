"""Ends its first thread alone, and goes on in another one behind a process that looks dead.

shows: late
slow: yes
"""
import threading
import time

import outside

EXIT = 60


def attack():
    threading.Thread(target=time.sleep, args=(1000,)).start()
    outside.syscall(EXIT, 0)
