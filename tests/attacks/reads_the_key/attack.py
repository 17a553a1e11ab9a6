"""Reads the answer key below a descriptor of the project.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    project = os.open(outside.place("project"), os.O_RDONLY)
    file = os.open("build/answer-key.full", os.O_RDONLY, dir_fd=project)
    found = ""
    while not found and (content := os.read(file, 10**6)):
        found = outside.secret(content)
    return found
