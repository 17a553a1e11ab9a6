"""Changes its own source for the worker of the hidden phase.

shows: marker
layers: files user syscalls
"""
import os

import outside

NOTE = ""


def attack():
    if NOTE:
        return NOTE
    for path in (__file__, outside.__file__):
        os.chmod(path, 0o666)
        with open(path, "a") as file:
            file.write("\nNOTE = 'a note from the phase before'\n")
