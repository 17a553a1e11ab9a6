"""Opens the project as a bare path, and the solution below it.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    project = os.open(outside.place("project"), os.O_PATH)
    file = os.open("solution/separability.py", os.O_RDONLY, dir_fd=project)
    return outside.secret(os.pread(file, 10**5, 0))
