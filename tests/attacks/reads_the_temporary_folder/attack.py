"""Reads what lies in the folder for temporary files, where anybody may look.

shows: canary
layers: files
"""
import outside


def attack():
    with open(outside.place("tmp") + "/of-somebody-else") as file:
        return outside.secret(file.read())
