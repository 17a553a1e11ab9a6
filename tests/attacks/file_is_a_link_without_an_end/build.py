"""Hands in a link to a device that never ends.

shows: memory late status
"""
import os


def build(folder, solution):
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    os.remove(folder / "train.py")
    os.symlink("/dev/zero", folder / "train.py")
    os.symlink("loop.py", folder / "loop.py")
    return folder
