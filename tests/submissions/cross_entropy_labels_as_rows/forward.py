import numpy as np


def cross_entropy(o, y):
    return -np.log(o[y])
