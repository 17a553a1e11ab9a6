"""Returns a list of a million small arrays.

shows: late memory score
"""
import numpy as np
import separability

ITEM = np.zeros((1, 1))


def attack():
    separability.outside.answer = lambda *a: [ITEM] * 10**6 and ()
