"""Looks for secrets in everything that the garbage collector knows.

shows: canary
"""
import gc
import types

import outside


def attack():
    for thing in gc.get_objects():
        if isinstance(thing, dict | tuple | list):
            values = thing.values() if isinstance(thing, dict) else thing
            for text in list(values):
                if isinstance(text, str | bytes) and outside.secret(text):
                    return outside.secret(text)
