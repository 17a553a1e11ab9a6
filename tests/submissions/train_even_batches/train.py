import math
import numpy as np
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update


NAMES = ("H", "b_H", "U", "b_U")


def _backprop(f, y, params):
    k, h, z, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    dz = logits_grad(o, y)
    dh = hidden_grad(dz, params["U"])
    dk = relu_backward(dh, k)
    grads = dict(zip(NAMES, batch_gradients(f, h, dk, dz)))
    return cross_entropy(o, y), dk, grads


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    params = {name: array.copy() for name, array in params.items()}
    parts = math.ceil(len(y) / batch_size)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for b in np.array_split(rng.permutation(len(y)), parts):
            loss, _, grads = _backprop(f[b], y[b], params)
            total += loss.sum()
            params = sgd_update(params, grads, lr)
        losses.append(float(total) / len(y))
    return params, losses
