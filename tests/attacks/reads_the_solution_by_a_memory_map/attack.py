"""Maps the solution into memory with numpy.

shows: canary
"""
import numpy as np
import outside


def attack():
    path = outside.place("project") + "/solution/separability.py"
    return outside.secret(np.memmap(path, np.uint8, "r").tobytes())
