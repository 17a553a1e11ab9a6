"""Maps shared memory and fills it.

shows: memory marker
layers: limits
"""
import mmap


def attack():
    area = mmap.mmap(-1, 3 * 2**29)
    for at in range(0, len(area), 4096):
        area[at] = 1
    return f"{len(area)} bytes"
