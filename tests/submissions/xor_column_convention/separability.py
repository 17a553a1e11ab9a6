import numpy as np


def xor_by_hand():
    W = np.array([[1.0, 1.0], [-1.0, -1.0]])  # one row for g1, one for g2
    b = np.array([[-1.0, 1.0]])
    w = np.array([[1.0], [1.0]])
    c = np.array([[-0.5]])
    return W, b, w, c
