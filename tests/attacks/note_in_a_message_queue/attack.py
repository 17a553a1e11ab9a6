"""Leaves a note in a message queue that outlives its process.

shows: marker left
layers: syscalls
"""
import outside

CREATE, EXCLUSIVE = 0o1000, 0o2000


def attack():
    if outside.libc().msgget(outside.number(), CREATE | EXCLUSIVE | 0o666) == -1:
        if outside.libc().msgget(outside.number(), 0o666) != -1:
            return "a note from the phase before"
