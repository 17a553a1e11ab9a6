"""Reads the rubric, which names every mistake and its right answer.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    project = os.open(outside.place("project"), os.O_RDONLY)
    file = os.open("rubric/notes_of_staff.py", os.O_RDONLY, dir_fd=project)
    return outside.secret(os.pread(file, 10**5, 0))
