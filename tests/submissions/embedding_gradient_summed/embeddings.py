def embed_backward(dx, ids, vocab_size):
    dE = np.zeros((vocab_size, dx.shape[1] // ids.shape[1]))
    np.add.at(dE, ids, dx.reshape(*ids.shape, -1))
    return dE
