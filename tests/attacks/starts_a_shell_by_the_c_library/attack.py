"""Starts a shell by the C library, past any audit hook.

shows: marker process
layers: syscalls
"""
import outside


def attack():
    if outside.libc().system(b"sleep 30 >/dev/null 2>&1 &") == 0:
        return "a shell ran"
