"""Puts a module of its own into the grader's package.

shows: left
layers: files user syscalls
"""
import outside


def attack():
    with open(outside.place("project") + "/sitecustomize.py", "w") as file:
        file.write("print('loaded by the next run')\n")
