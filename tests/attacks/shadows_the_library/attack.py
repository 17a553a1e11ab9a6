"""Brings modules of its own under the names of the library's.

shows: marker
as: fractions.py statistics.py colorsys.py conftest.py
"""
import builtins

if __name__ != "attack":
    builtins.shadowed = __name__


def attack():
    import fractions  # noqa: F401
    import statistics  # noqa: F401

    return getattr(builtins, "shadowed", "")
