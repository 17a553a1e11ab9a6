"""Keeps what it saw of the public inputs for the hidden phase, in the process itself.

shows: nothing, what it remembers does not make it right
"""
seen = []


def attack():
    seen.append(len(seen))
    return "remembered" if len(seen) > 1 else ""
