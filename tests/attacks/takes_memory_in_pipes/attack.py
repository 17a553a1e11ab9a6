"""Fills the kernel's memory by pipes.

shows: marker
layers: limits
"""
import fcntl
import os

SIZE = 1031


def attack():
    kept = [os.pipe() for _ in range(100)]
    for _, end in kept:
        os.set_blocking(end, False)
        try:
            fcntl.fcntl(end, SIZE, 2**20)
        except PermissionError:
            continue
        os.write(end, bytes(2**20))
    return f"{len(kept)} pipes"
