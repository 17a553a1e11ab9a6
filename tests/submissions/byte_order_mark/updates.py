# whole file
import numpy as np


def batch_gradients(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk.mean(0, keepdims=True), h.T @ dz / t, dz.mean(0, keepdims=True)


def sgd_update(params, grads, lr):
    return {name: params[name] - lr * grads[name] for name in params}
