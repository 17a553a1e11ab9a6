"""Opens the solution by a system call that few lists know.

shows: canary
layers: files user syscalls
"""
import ctypes
import os

import outside

OPENAT2 = 437


def attack():
    path = outside.place("project") + "/solution/separability.py"
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    descriptor = outside.syscall(OPENAT2, -100, path.encode(), ctypes.byref(how), 24)
    return outside.secret(os.pread(descriptor, 10**5, 0))
