"""Forbids the judge to open any more files, so that the report is lost.

shows: status json
layers: syscalls user
"""
import resource

import outside


def attack():
    for pid in outside.judges():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0))
