"""Hands in a pipe: whoever opens it waits forever.

shows: late
"""
import os


def build(folder, solution):
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    os.remove(folder / "train.py")
    os.mkfifo(folder / "train.py")
    return folder
