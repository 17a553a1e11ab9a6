"""Loads a program into the kernel's packet filter.

shows: marker
root: yes
layers: syscalls
"""
import ctypes

import outside

BPF = 321


def attack():
    outside.syscall(BPF, 0, ctypes.create_string_buffer(b"\1\0\0\0\4\0\0\0\4\0\0\0\1", 72), 72)
    return "the kernel took it"
