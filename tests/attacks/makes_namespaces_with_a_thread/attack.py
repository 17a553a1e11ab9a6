"""Asks for a thread and a namespace in one call.

shows: nothing, the kernel refuses the two together
layers: syscalls
"""
import outside


def attack():
    flags = 0x00010000 | 0x00000100 | 0x00000800 | 0x10000000
    return f"thread {outside.syscall(56, flags, 0, 0, 0, 0)} is root"
