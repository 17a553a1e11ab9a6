import numpy as np


def logistic(u):
    """1 / (1 + e^u), safe for every u."""
    small = np.exp(-np.abs(u))
    return np.where(u > 0, small, 1.0) / (1.0 + small)


def sigmoid(x):
    return logistic(x)
