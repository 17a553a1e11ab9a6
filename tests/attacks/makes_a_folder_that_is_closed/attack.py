"""Makes folders that their owner can't empty.

shows: marker status
layers: files syscalls
"""
import os


def attack():
    os.makedirs("closed/inner")
    with open("closed/inner/file", "w") as file:
        file.write("x")
    os.chmod("closed/inner", 0)
    os.chmod("closed", 0)
    return "there is a folder that can't be removed"
