"""Calls the system by the numbers of x32, which mean the same and are written otherwise.

shows: nothing, few kernels have them
layers: syscalls
"""
import outside

X32 = 0x40000000


def attack():
    return str(outside.syscall(X32 + 41, 1, 1, 0))
