def embed_backward(dx, ids, vocab_size):
    t, n = ids.shape
    dE = np.zeros((vocab_size, dx.shape[1] // n))
    dE[ids] += dx.reshape(t, n, -1)
    return dE / t
