"""Closes every descriptor, and opens its own in their places.

shows: status json score
"""
import os

import outside


def attack():
    outside.attacked = lambda: ""
    print('\n{"function": "compose_affine", "right": true}', flush=True)
    os.closerange(0, 256)
    for _ in range(8):
        os.open(os.devnull, os.O_RDWR)
