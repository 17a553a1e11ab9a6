def _collect(dE, pairs):
    if pairs:
        (word, g), *rest = pairs
        dE[word] += g
        _collect(dE, rest)
    return dE


def embed_backward(dx, ids, vocab_size):
    t, n = ids.shape
    e = dx.shape[1] // n
    pairs = [(ids[s, i], dx[s, i * e : (i + 1) * e]) for s in range(t) for i in range(n)]
    return _collect(np.zeros((vocab_size, e)), pairs) / t
