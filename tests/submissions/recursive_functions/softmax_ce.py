import numpy as np


def one_hot(y, m):
    if len(y) == 1:
        return np.array([[float(i == y[0]) for i in range(m)]])
    half = len(y) // 2
    return np.vstack([one_hot(y[:half], m), one_hot(y[half:], m)])
