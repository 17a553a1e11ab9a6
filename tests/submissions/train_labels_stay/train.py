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
    new = {n: p.copy() for n, p in params.items()}
    history = []
    for _ in range(epochs):
        f = rng.permutation(f)
        losses = []
        for i in range(0, len(f), batch_size):
            loss, _, grads = _backprop(f[i:i + batch_size], y[i:i + batch_size], new)
            losses.extend(loss)
            new = sgd_update(new, grads, lr)
        history.append(float(np.mean(losses)))
    return new, history
