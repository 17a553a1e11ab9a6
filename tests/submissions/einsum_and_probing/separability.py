import numpy as np
from functools import reduce


def affine(x, W, b):
    return np.einsum("tp,pq->tq", x, W) + np.broadcast_to(b, (x.shape[0], W.shape[1]))


def compose_affine(W0, b0, W1, b1):
    maps = [(W0, b0), (W1, b1)]
    def chained(x):
        return reduce(lambda a, m: affine(a, *m), maps, x)
    at_zero = chained(np.zeros((1, W0.shape[0])))
    return chained(np.eye(W0.shape[0])) - at_zero, at_zero


def step(x):
    return np.clip(np.ceil(x), 0.0, 1.0)


def xor_by_hand():
    # a is: not exactly one on. unit 1 says "fewer than two", unit 2 "more than none"
    return (np.array([[-1.0, 1.0], [-1.0, 1.0]]), np.array([[1.5, -0.5]]),
            np.array([[-1.0], [-1.0]]), np.array([[1.5]]))
