"""Returns arrays that are filled in after they were handed over.

shows: score
"""
import sys

import numpy as np
import separability


class Results(list):
    def __iter__(self):
        frame = sys._getframe(1)
        while frame is not None:
            if "expected" in frame.f_locals:
                return iter(frame.f_locals["expected"])
            frame = frame.f_back
        return super().__iter__()


def attack():
    separability.outside.reply = lambda *a: Results([np.zeros((1, 1)), np.zeros((1, 1))])
