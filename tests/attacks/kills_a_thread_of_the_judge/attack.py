"""Kills the judge by a signal to one of its threads.

shows: status json
layers: syscalls user
"""
import outside

TGKILL = 234


def attack():
    outside.syscall(TGKILL, outside.judge(), outside.judge(), 9)
