"""Leaves a note for the worker of the hidden phase in /dev/shm.

shows: marker left
layers: files syscalls
"""
import os

import outside


def attack():
    path = f"/dev/shm/note-{outside.mark()}"
    if os.path.exists(path):
        return "a note from the phase before"
    with open(path, "w") as file:
        file.write("the public phase is over")
