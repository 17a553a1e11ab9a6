import numpy as np


def embed(E, ids):
    return np.array([np.concatenate([E[j - 1] for j in item]) for item in ids])
