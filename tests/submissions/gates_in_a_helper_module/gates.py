"""Closures that carry a gradient back."""
import numpy as np


def back(weights):
    def carry(gradient):
        return np.tensordot(gradient, weights, axes=(1, 1))

    return carry


def through(k):
    shut = k < 0

    def carry(gradient):
        return np.ma.masked_array(gradient, shut).filled(0.0)

    return carry
