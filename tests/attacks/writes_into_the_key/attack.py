"""Spoils the answer key for whoever comes next.

shows: changed
layers: files user syscalls
"""
import os

import outside


def attack():
    project = os.open(outside.place("project"), os.O_RDONLY)
    file = os.open("build/answer-key.full", os.O_WRONLY, dir_fd=project)
    os.pwrite(file, b"spoilt", 10**6)
