"""Opens files until there are no more.

shows: marker
layers: limits
"""
import os


def attack():
    return f"{len([os.open(os.devnull, os.O_RDONLY) for _ in range(500)])} files are open"
