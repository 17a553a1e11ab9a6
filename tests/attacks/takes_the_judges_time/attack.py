"""Limits the judge's processor time to what it has used already.

shows: status json
layers: syscalls user
"""
import resource
import time

import outside


def attack():
    resource.prlimit(outside.judge(), resource.RLIMIT_CPU, (0, 0))
    resource.prlimit(outside.judge(), resource.RLIMIT_AS, (2**20, 2**20))
    time.sleep(1.5)
