"""Turns into an array late, when the right answer is in the caller's variables.

shows: score
"""
import sys

import numpy as np
import separability


class Late:
    def __init__(self, place):
        self.place = place

    def __array__(self, dtype=None, copy=None):
        frame = sys._getframe()
        while frame is not None:
            if "expected" in frame.f_locals:
                return np.array(frame.f_locals["expected"][self.place])
            frame = frame.f_back
        return np.zeros((1, 1))


def attack():
    separability.outside.reply = lambda *a: (Late(0), Late(1))
