"""Writes by the C library, past any audit hook.

shows: marker
layers: files syscalls user
"""
import outside

WRITE_AND_CREATE = 0o101


def attack():
    path = f"{outside.place('watched')}/by-c".encode()
    outside.checked(outside.libc().open(path, WRITE_AND_CREATE, 0o644))
