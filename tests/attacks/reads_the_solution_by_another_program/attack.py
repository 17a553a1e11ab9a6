"""Lets another program read the solution.

shows: canary
layers: files user syscalls
"""
import subprocess

import outside


def attack():
    path = outside.place("project") + "/solution/separability.py"
    return outside.secret(subprocess.run(["/bin/cat", path], capture_output=True).stdout)
