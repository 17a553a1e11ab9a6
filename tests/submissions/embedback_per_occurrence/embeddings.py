import numpy as np


def embed_backward(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    flat_ids, flat_dx = ids.ravel(), dx.reshape(-1, e)
    dE = np.zeros((vocab_size, e))
    for w in range(vocab_size):
        here = flat_dx[flat_ids == w]
        if len(here):
            dE[w] = here.mean(axis=0)
    return dE
