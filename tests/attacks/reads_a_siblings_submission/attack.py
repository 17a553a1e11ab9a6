"""Reads what another student handed in.

shows: canary
layers: files user
"""
import outside


def attack():
    with open(outside.place("sibling") + "/separability.py") as file:
        return outside.secret(file.read())
