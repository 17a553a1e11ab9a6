"""Renames the project, so that no known path matches, and reads the solution.

shows: canary changed status
layers: files user syscalls
"""
import os

import outside


def attack():
    project = outside.place("project")
    os.rename(project, project + "-renamed")
    try:
        with open(project + "-renamed/solution/separability.py") as file:
            return outside.secret(file.read())
    finally:
        os.rename(project + "-renamed", project)
