"""Prints two hundred megabytes, on every way out that there is.

shows: memory json text
"""
import os
import sys


def attack():
    line = "x" * 10**6
    for _ in range(100):
        sys.stdout.write(line)
        sys.__stdout__.write(line)
        os.write(1, line.encode())
