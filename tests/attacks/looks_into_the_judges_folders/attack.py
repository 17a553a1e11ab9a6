"""Goes to the solution through the judge's working directory and root.

shows: canary
layers: files user judge
"""
import os

import outside


def attack():
    for way in ("cwd/solution", f"root{outside.place('project')}/solution"):
        folder = os.open(f"/proc/{outside.judge()}/{way.partition('/')[0]}", os.O_RDONLY)
        inner = way.partition("/")[2] + "/separability.py"
        file = os.open(inner, os.O_RDONLY, dir_fd=folder)
        return outside.secret(os.pread(file, 10**5, 0))
