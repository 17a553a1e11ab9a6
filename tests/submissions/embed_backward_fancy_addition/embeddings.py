import numpy as np


def embed_backward(dx, ids, vocab_size):
    t, n = ids.shape
    e = dx.shape[1] // n
    dE = np.zeros((vocab_size, e))
    dE[ids] += dx.reshape(t, n, e)
    return dE / t
