"""Reads whatever descriptor it was born with.

shows: canary
"""
import os

import outside


def attack():
    for descriptor in range(3, 256):
        try:
            for offset in range(0, 4 * 10**7, 10**6):
                found = outside.secret(os.pread(descriptor, 10**6 + 64, offset))
                if found:
                    return found
        except OSError:
            continue
