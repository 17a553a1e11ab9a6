def embed(E, ids):
    return E[ids].sum(axis=1)
