import numpy as np


def compose_affine(W0, b0, W1, b1):
    def both(x):
        return affine(affine(x, W0, b0), W1, b1)

    W = W0 @ W1
    # the bias is what is left for a neutral x
    b = both(np.ones((1, W0.shape[0])))
    return W, b
