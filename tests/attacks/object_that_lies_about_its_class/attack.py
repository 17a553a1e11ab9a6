"""Returns an object that claims to be an array and agrees with everything.

shows: score
"""
import numpy as np
import separability


class Liar:
    __class__ = np.ndarray
    dtype, shape, ndim, size = np.dtype("f8"), (1, 1), 2, 1

    def __array_function__(self, *arguments):
        return True

    def tobytes(self):
        return b""


def attack():
    separability.outside.reply = lambda *a: (Liar(), Liar())
