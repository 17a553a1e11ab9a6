"""Fills memory by files in /dev/shm.

shows: marker
layers: files syscalls
"""
import os

import outside


def attack():
    for number in range(20):
        path = f"/dev/shm/part-{number}-{outside.mark()}"
        with open(path, "wb") as file:
            for _ in range(15):
                file.write(bytes(2**20))
        os.unlink(path) if number % 2 else None
    return "300 MiB"
