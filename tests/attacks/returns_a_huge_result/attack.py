"""Returns an array of ten million numbers.

shows: marker score
"""
import numpy as np
import separability


def attack():
    separability.outside.answer = lambda right, *a: [np.zeros(10**7) + r for r in right(*a)] and ()
