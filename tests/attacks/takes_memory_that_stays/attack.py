"""Fills shared memory that outlives its process.

shows: left marker
layers: syscalls
"""
import ctypes

import outside


def attack():
    number = outside.checked(outside.libc().shmget(outside.number(), 2**28, 0o1666))
    outside.libc().shmat.restype = ctypes.c_void_p
    attach = outside.libc().shmat
    attach.restype = ctypes.c_void_p
    ctypes.memset(attach(number, None, 0), 1, 2**28)
    return "256 MiB"
