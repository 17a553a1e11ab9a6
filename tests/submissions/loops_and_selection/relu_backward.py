import numpy as np


def hidden_grad(dz, U):
    return np.array([(U * row).sum(axis=1) for row in dz])


def relu_backward(dh, k):
    open_, shut = np.asarray(dh), 0.0
    return np.select([k > 0, k == 0], [open_, open_], default=shut)
