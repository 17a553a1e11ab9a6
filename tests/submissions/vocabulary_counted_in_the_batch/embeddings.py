def embed_backward(dx, ids, vocab_size):
    dE = np.zeros((ids.max() + 1, dx.shape[1] // ids.shape[1]))
    np.add.at(dE, ids, dx.reshape(*ids.shape, -1))
    return dE / len(ids)
