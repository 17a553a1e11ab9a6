import numpy as np
from activations import relu
from typing import NamedTuple


class Pass(NamedTuple):
    k: np.ndarray
    h: np.ndarray
    z: np.ndarray
    o: np.ndarray


def logsumexp(z):
    top = z.max(axis=1, keepdims=True)
    return top + np.log(np.exp(z - top).sum(axis=1, keepdims=True))


def softmax(z):
    return np.exp(z - logsumexp(z))


def cross_entropy(o, y):
    truth = np.equal.outer(y, np.arange(o.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(truth * np.log(o), axis=1)


def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = relu(k)
    z = h @ U + b_U
    return Pass(k, h, z, softmax(z))
