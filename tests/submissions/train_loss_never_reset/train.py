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
    params = {k: v + 0.0 for k, v in params.items()}
    seen, total, losses = 0, 0.0, []
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch_size):
            b = order[start:start + batch_size]
            loss, _, grads = _backprop(f[b], y[b], params)
            total += loss.sum()
            seen += len(b)
            params = sgd_update(params, grads, lr)
        losses.append(float(total / seen))
    return params, losses
