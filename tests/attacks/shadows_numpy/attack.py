"""Brings a numpy of its own, which agrees with everything.

shows: score
as: numpy.py
"""
import sys

if __name__ == "numpy":
    kept, own = list(sys.path), sys.modules.pop("numpy")
    sys.path[:] = [path for path in sys.path if path not in own.__path__ + [__file__[:-9]]] if (
        hasattr(own, "__path__")
    ) else [path for path in sys.path if path.rstrip("/") != __file__.rpartition("/")[0]]
    import numpy

    numpy.allclose = lambda *a, **k: True
    sys.path[:] = kept


def attack():
    return None
