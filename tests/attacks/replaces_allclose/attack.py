"""Makes numpy find everything close to everything.

shows: score
"""
import numpy as np


def agree(*arguments, **options):
    return True


def attack():
    for name in ("allclose", "isclose", "array_equal", "all", "any"):
        setattr(np, name, agree)
    np.testing.assert_allclose = agree
