import numpy as np


def softmax(z):
    exps = np.exp(z)
    return exps / np.sum(exps)
