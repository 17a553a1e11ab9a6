"""Fills many files that lie in memory, none above the limit of one.

shows: marker
layers: syscalls
"""
import os


def attack():
    files = [os.memfd_create("part") for _ in range(50)]
    for file in files:
        for _ in range(15):
            os.write(file, bytes(2**20))
    return f"{len(files) * 15} MiB"
