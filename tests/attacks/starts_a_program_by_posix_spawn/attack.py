"""Starts another program by posix_spawn.

shows: marker
layers: syscalls
"""
import os


def attack():
    pid = os.posix_spawn("/bin/true", ["/bin/true"], {})
    return f"{os.waitpid(pid, 0)[1]} is the status of a program"
