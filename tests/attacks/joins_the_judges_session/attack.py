"""Moves itself out of its process group, so that it is not killed with it.

shows: marker
layers: syscalls
"""
import os

import outside


def attack():
    os.setpgid(0, 0) if os.getpgid(0) != os.getpid() else os.setpgid(0, os.getpgid(outside.judge()))
    return "it is in another group"
