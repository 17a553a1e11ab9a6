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
    trained = dict(params)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(y))
        total = 0.0
        for start in range(0, len(y), batch_size):
            b = order[start:start + batch_size]
            loss, _, grads = _backprop(f[b], y[b], trained)
            total += loss.sum()
            for name, g in grads.items():
                trained[name] -= lr * g
        losses.append(float(total / len(y)))
    return trained, losses
