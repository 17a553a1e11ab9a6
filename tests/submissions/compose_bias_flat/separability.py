import numpy as np


def compose_affine(W0, b0, W1, b1):
    W_prime = np.array([[sum(W0[i, j] * W1[j, k] for j in range(W0.shape[1]))
                         for k in range(W1.shape[1])] for i in range(W0.shape[0])])
    b_prime = np.array([b1[0, k] + sum(b0[0, j] * W1[j, k] for j in range(W0.shape[1]))
                        for k in range(W1.shape[1])])
    return W_prime, b_prime
