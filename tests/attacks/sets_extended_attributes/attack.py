"""Hides a note for itself in an attribute of a file.

shows: changed
layers: user syscalls
"""
import os

import outside


def attack():
    os.setxattr(outside.place("home") + "/.netrc", "user.note", b"1")
    return "an attribute was set"
