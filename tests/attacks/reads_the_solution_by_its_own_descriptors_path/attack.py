"""Goes through /proc/self/fd to the solution.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    inner = os.open(outside.place("project"), os.O_PATH)
    with open(f"/proc/self/fd/{inner}/solution/separability.py") as file:
        return outside.secret(file.read())
