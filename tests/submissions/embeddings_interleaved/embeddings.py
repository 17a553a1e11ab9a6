def embed(E, ids):
    return E[ids].swapaxes(1, 2).reshape(ids.shape[0], -1)
