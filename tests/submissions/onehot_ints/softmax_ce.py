import numpy as np


def one_hot(y, m):
    return np.array([[int(label == i) for i in range(m)] for label in y])
