import numpy as np


def affine(x, W, b):
    return [[sum((row[i] * W[i, j] for i in range(len(row))), b[0, j]) for j in range(W.shape[1])] for row in x]


def compose_affine(W0, b0, W1, b1):
    stacked = np.vstack([np.asarray(W0), np.asarray(b0)]) @ W1
    stacked[-1:] += b1
    return [stacked[:-1], stacked[-1:]]


def step(x):
    if np.ndim(x) == 0:
        return 1.0 if x > 0 else 0.0
    return [step(part) for part in x]


def xor_by_hand():
    return [[3.0, -40.0], [5.0, -40.0]], [[-7.0, 7.5]], [[200.0], [100.0]], [[-50.0]]
