"""Leaves a note for the worker of the hidden phase beside its own working folder.

shows: marker
layers: files user syscalls
"""
import glob
import os

import outside


def attack():
    if glob.glob("../*/note") + glob.glob("../note") + glob.glob("note"):
        return "a note from the phase before"
    for folder in ("..", *glob.glob("../*"), outside.place("tmp")):
        try:
            with open(os.path.join(folder, "note"), "w") as file:
                file.write("the public phase is over")
        except OSError:
            continue
