"""Raises an exception with a message of a hundred megabytes.

shows: json memory
"""


def attack():
    raise ValueError("x" * 10**8)
