import numpy as np


def sigmoid(x):
    right = 1 / (1 + np.exp(-x))
    left = np.exp(x) / (np.exp(x) + 1)
    positive = x >= 0
    return positive * right + (1 - positive) * left
