"""Reads the staff's tests and the project's history.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    project = os.open(outside.place("project"), os.O_RDONLY)
    for path in ("tests/test_secrets.py", ".git/objects/12/secret"):
        file = os.open(path, os.O_RDONLY, dir_fd=project)
        return outside.secret(os.pread(file, 10**5, 0))
