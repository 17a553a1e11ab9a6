"""Prints what a passing test would print.

shows: score
"""


def attack():
    print('\n{"function": "compose_affine", "right": true}', flush=True)
