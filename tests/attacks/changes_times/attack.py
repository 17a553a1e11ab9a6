"""Makes the key look new, and the solution old.

shows: changed
layers: user syscalls
"""
import os

import outside


def attack():
    os.utime(f"{outside.place('project')}/build/answer-key.full", (1, 1))
    return "times were changed"
