"""Makes a folder so deep that removing it fails.

shows: marker left
layers: files syscalls
"""
import os


def attack():
    for _ in range(3000):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
    return "there are 3000 folders in one another"
