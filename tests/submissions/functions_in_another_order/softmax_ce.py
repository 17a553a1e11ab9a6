# whole file
def logits_grad(o, y):
    return np.subtract(o, one_hot(y, o.shape[-1]))


def softmax_jacobian(o):
    return np.apply_along_axis(_jacobian, 1, o)


def loss_grad(o, y):
    return np.where(one_hot(y, o.shape[1]) == 1, -1 / np.maximum(o, 1e-300), 0.0)


def one_hot(y, m):
    T = np.zeros((y.size, m))
    np.put_along_axis(T, y[:, np.newaxis], 1, axis=1)
    return T


def _jacobian(p):
    return np.diagflat(p) - p[:, None] * p


import numpy as np
