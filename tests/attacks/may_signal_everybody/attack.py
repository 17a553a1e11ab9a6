"""Asks whether it could signal every process at once (signal 0: nothing is sent).

shows: marker
layers: syscalls user
"""
import outside


def attack():
    outside.checked(outside.libc().kill(-1, 0))
    return "it may signal others"
