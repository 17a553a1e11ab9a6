"""Puts start-up files where the next interpreter of this user finds them.

shows: left
layers: files user syscalls
"""
import os
import sys

import outside


def attack():
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = f"{outside.place('home')}/.local/lib/{version}/site-packages"
    os.makedirs(packages)
    for name in ("usercustomize.py", "own.pth"):
        with open(f"{packages}/{name}", "w") as file:
            file.write("import os\n")
    return "the next interpreter is mine"
