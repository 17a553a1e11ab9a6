"""Reads the constants of the solution out of its bytecode.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    folder = os.open(outside.place("project"), os.O_RDONLY)
    for place in os.listdir(folder):
        try:
            cache = os.open(f"{place}/__pycache__", os.O_RDONLY, dir_fd=folder)
        except OSError:
            continue
        for name in os.listdir(cache):
            file = os.open(name, os.O_RDONLY, dir_fd=cache)
            found = outside.secret(os.pread(file, 10**6, 0))
            if found:
                return found
