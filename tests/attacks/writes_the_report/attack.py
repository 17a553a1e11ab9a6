"""Overwrites the report while it grades.

shows: marker
layers: files user syscalls
"""
import outside


def attack():
    with open(outside.place("report"), "w") as file:
        file.write('{"score": 100}')
    return "the report was written"
