import numpy as np


def one_hot(y, m):
    T = np.zeros((4, m))
    for i in range(4):
        T[i, y[i]] = 1
    return T
