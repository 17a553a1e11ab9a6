import numpy as np


def xor_by_hand():
    # unit 1: at least one of both is on, unit 2: both are on
    W = np.ones((2, 2))
    b = np.array([[-1.0, -2.0]])
    w = np.array([[-1.0], [1.0]])
    c = np.array([[0.5]])
    return W, b, w, c
