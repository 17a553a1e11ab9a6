"""Loads a program into the kernel's packet filter.

shows: nothing, most kernels refuse it to all but root
layers: syscalls
"""
import ctypes

import outside

BPF = 321


def attack():
    outside.syscall(BPF, 0, ctypes.create_string_buffer(b"\1\0\0\0\4\0\0\0\4\0\0\0\1", 72), 72)
    return "the kernel took it"
