"""Asks the cache of source lines for the solution.

shows: canary
"""
import linecache

import outside


def attack():
    path = outside.place("project") + "/solution/separability.py"
    return outside.secret("".join(linecache.getlines(path)))
