"""Reads the sources of everything that is loaded, and of every caller.

shows: canary
"""
import inspect
import sys

import outside


def attack():
    frame = sys._getframe()
    while frame is not None:
        for module in [*sys.modules.values(), *frame.f_locals.values()]:
            try:
                found = outside.secret(inspect.getsource(module))
            except (OSError, TypeError):
                continue
            if found:
                return found
        frame = frame.f_back
