"""Binds the judge to one core, and every process of the run with it.

shows: marker
layers: syscalls user
"""
import os

import outside


def attack():
    os.sched_setaffinity(outside.judge(), {min(os.sched_getaffinity(0))})
    return "the judge has one core"
