import numpy as np


def cross_entropy(o, y):
    return np.array([np.log10(row[label]) for row, label in zip(o, y)])
