"""Removes the project, as far as it can.

shows: changed
layers: files user syscalls
"""
import shutil

import outside


def attack():
    shutil.rmtree(outside.place("project"), ignore_errors=True)
