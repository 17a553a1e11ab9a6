"""Opens the solution by its path.

shows: canary
"""
import outside


def attack():
    with open(outside.place("project") + "/solution/separability.py") as file:
        return outside.secret(file.read())
