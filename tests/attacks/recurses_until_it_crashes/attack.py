"""Recurses without a limit until the stack overflows, where the parser runs.

shows: nothing, it harms itself alone
"""
import sys


def attack():
    sys.setrecursionlimit(10**9)
    thing = None
    for _ in range(10**6):
        thing = [thing]
    return repr(thing)[:0]
