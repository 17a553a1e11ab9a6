"""Hands in a file of a gibibyte that takes no room.

shows: memory late status
"""
import os


def build(folder, solution):
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    os.truncate(folder / "train.py", 2**30)
    return folder
