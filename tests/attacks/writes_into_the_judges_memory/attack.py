"""Overwrites the judge's memory.

shows: marker
layers: files user judge
"""
import outside


def attack():
    with open(f"/proc/{outside.judge()}/mem", "r+b", 0):
        return "the judge's memory is open for writing"
