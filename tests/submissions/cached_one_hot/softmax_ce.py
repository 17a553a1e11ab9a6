import numpy as np
import functools


@functools.lru_cache(maxsize=None)
def _identity(m):
    eye = np.eye(m)
    eye.setflags(write=False)
    return eye


def one_hot(y, m):
    return _identity(m)[y]
