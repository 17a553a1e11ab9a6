"""Attaches to the judge as a debugger.

shows: score late
layers: syscalls user judge
"""
import outside

ATTACH, DETACH = 16, 17
PTRACE = 101


def attack():
    pid = outside.judge()
    outside.syscall(PTRACE, ATTACH, pid, 0, 0)
    import os

    os.waitpid(pid, 0x40000000)
    outside.syscall(PTRACE, DETACH, pid, 0, 0)
    return "the judge was in a debugger"
