def embed(E, ids):
    return E[ids]
