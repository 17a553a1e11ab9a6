"""Forbids the judge to write into files, so that the report is lost.

shows: status json
layers: syscalls user
"""
import resource

import outside


def attack():
    resource.prlimit(outside.judge(), resource.RLIMIT_FSIZE, (0, 0))
