import numpy as np


def batch_gradients(f, h, dk, dz):
    n = dz.shape[0]
    dU, db_U = h.T.dot(dz) / n, np.sum(dz, axis=0, keepdims=True) / n
    dH, db_H = f.T.dot(dk) / n, np.sum(dk, axis=0, keepdims=True) / n
    return dU, db_U, dH, db_H
