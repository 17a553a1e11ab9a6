"""Fills memory that can't be swapped, from fields of a system call that limits forget.

shows: marker
layers: limits
"""
import outside


def attack():
    outside.checked(outside.libc().mlockall(3))
    return f"{len(bytearray(2**30))} bytes are locked" if bytearray(2**30) else ""
