import numpy as np


def embed(E, ids):
    t = ids.shape[0]
    columns = [E[ids[:, i]] for i in range(ids.shape[1])]
    return np.stack(columns, axis=2).reshape(t, -1)
