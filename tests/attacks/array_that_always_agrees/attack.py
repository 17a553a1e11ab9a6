"""Returns arrays of a subclass that call themselves equal to anything.

shows: score
"""
import numpy as np
import separability


class Agreeing(np.ndarray):
    def __array_function__(self, *arguments):
        return True

    def __array_ufunc__(self, *arguments, **options):
        return True

    def __eq__(self, other):
        return np.True_

    def __sub__(self, other):
        return 0.0


def attack():
    separability.outside.reply = lambda *a: (np.zeros((1, 1)).view(Agreeing),) * 2
