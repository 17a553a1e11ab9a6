"""Writes files that it has removed already: they are in no folder, and take room all the same.

shows: marker
layers: syscalls
"""
import os


def attack():
    kept = []
    for number in range(40):
        kept.append(os.open(f"part-{number}", os.O_CREAT | os.O_WRONLY))
        os.unlink(f"part-{number}")
        for _ in range(10):
            os.write(kept[-1], bytes(2**20))
    return "400 MiB are on the disk, in files without a name"
