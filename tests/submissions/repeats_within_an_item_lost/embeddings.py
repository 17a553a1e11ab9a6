def embed_backward(dx, ids, vocab_size):
    t, n = ids.shape
    dE = np.zeros((vocab_size, dx.shape[1] // n))
    for s in range(t):
        dE[ids[s]] += dx[s].reshape(n, -1)
    return dE / t
