"""Opens a file for reading, and again for writing by the name of its descriptor.

shows: changed
layers: files user syscalls
"""
import os

import outside


def attack():
    file = os.open(outside.place("home") + "/.netrc", os.O_RDONLY)
    with open(f"/proc/self/fd/{file}", "a") as again:
        again.write("more")
