"""Leaves a process that holds an abstract address, which the hidden phase finds taken.

shows: marker process late
layers: syscalls network
"""
import os
import socket
import time

import outside


def attack():
    address = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        address.bind(f"\0note-{outside.mark()}")
    except OSError as error:
        return "a note from the phase before" if error.errno == 98 else ""
    if os.fork() == 0:
        os.setsid()
        time.sleep(30)
        os._exit(0)
