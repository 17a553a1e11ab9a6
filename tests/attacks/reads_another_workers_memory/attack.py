"""Reads the memory of the worker that waits for the hidden questions.

shows: nothing, a grader without a boundary has one process at a time
layers: files user judge
"""
import outside


def attack():
    for pid in outside.siblings():
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            start = int(maps.readline().split("-")[0], 16)
            memory.seek(start)
            return memory.read(16).hex()
