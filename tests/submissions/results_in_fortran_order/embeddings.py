import numpy as np


def embed(E, ids):
    t, n = ids.shape
    x = np.empty((t, n * E.shape[1]), order='F')
    for p in range(n):
        x[:, p * E.shape[1]:(p + 1) * E.shape[1]] = E[ids[:, p]]
    return x
