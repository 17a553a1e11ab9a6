"""Puts itself in a debugger's hands, or the crash handler's.

shows: marker
layers: syscalls
"""
import outside


def attack():
    return "it is traced" if outside.syscall(101, 0, 0, 0, 0) == 0 else ""
