"""Makes a sparse file of a terabyte.

shows: marker
"""
import os


def attack():
    file = os.open("sparse", os.O_CREAT | os.O_WRONLY)
    os.ftruncate(file, 2**28)
    return "there is a file of 256 MiB"
