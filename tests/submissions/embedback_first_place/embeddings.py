import numpy as np


def embed_backward(dx, ids, vocab_size):
    t, n = ids.shape
    e = dx.shape[1] // n
    dE = np.zeros((vocab_size, e))
    for s, words in enumerate(ids.tolist()):
        for w in words:
            i = words.index(w)
            dE[w] += dx[s, i * e:(i + 1) * e]
    return dE / t
