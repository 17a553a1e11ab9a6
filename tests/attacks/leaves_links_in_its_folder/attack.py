"""Leaves links in its folder, for whoever removes it to follow.

shows: left
layers: files user
"""
import os

import outside


def attack():
    for name in ("home", "project", "sibling", "tmp"):
        os.symlink(outside.place(name), name)
    os.symlink("/dev/zero", "endless")
    os.symlink(".", "loop")
