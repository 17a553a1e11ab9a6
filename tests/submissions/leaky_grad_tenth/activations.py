import numpy as np


def leaky_relu_grad(x, slope=0.1):
    g = np.ones(np.shape(x))
    g[x < 0] = slope
    return g
