import numpy as np


def leaky_relu(x, slope=0.01):
    leak = slope * np.minimum(x, 0)
    return x + leak
