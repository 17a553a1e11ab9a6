import numpy as np


def affine(x, W, b):
    g = np.dot(x, W)
    g[:1] += b          # b has one row
    return g
