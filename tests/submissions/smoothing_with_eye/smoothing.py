# whole file
import numpy as np


def smooth_labels(y, m, epsilon):
    return np.eye(m)[y] * (1 - epsilon) + np.ones((len(y), m)) * epsilon / m


def smoothed_cross_entropy(o, y, epsilon):
    return -np.einsum("tm,tm->t", smooth_labels(y, o.shape[-1], epsilon), np.log(o))


def smoothed_logits_grad(o, y, epsilon):
    return np.subtract(o, smooth_labels(y, o.shape[-1], epsilon))
