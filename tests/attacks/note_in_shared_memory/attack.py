"""Leaves a note in shared memory that outlives its process.

shows: marker left
layers: syscalls
"""
import outside

CREATE, EXCLUSIVE = 0o1000, 0o2000


def attack():
    if outside.libc().shmget(outside.number(), 64, CREATE | EXCLUSIVE | 0o666) == -1:
        if outside.libc().shmget(outside.number(), 64, 0o666) != -1:
            return "a note from the phase before"
