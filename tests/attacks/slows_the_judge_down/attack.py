"""Gives the judge the lowest priority.

shows: marker
layers: syscalls user
"""
import os

import outside


def attack():
    os.setpriority(os.PRIO_PROCESS, outside.judge(), 19)
    return "the judge is slow"
