import numpy as np


def softmax(z):
    centred = z - np.mean(z, axis=-1, keepdims=True)
    p = np.exp(centred)
    return p / np.sum(p, axis=-1, keepdims=True)
