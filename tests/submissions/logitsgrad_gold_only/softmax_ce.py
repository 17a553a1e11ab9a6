import numpy as np


def logits_grad(o, y):
    dz = np.zeros(o.shape)
    for s in range(len(y)):
        dz[s, y[s]] = o[s, y[s]] - 1
    return dz
