import numpy as np


def embed_backward(dx, ids, vocab_size):
    t, n = ids.shape
    pieces = np.split(dx, n, axis=1)
    dE = np.zeros((vocab_size, pieces[0].shape[1]))
    for i in range(n):
        dE[ids[:, i]] += pieces[i]
    return dE / ids.size
