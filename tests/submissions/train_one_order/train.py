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
    t = f.shape[0]
    order = np.random.default_rng(seed).permutation(t)
    batches = [order[i:i + batch_size] for i in range(0, t, batch_size)]
    losses = []
    for _ in range(epochs):
        epoch_loss = 0.0
        for b in batches:
            loss, _, grads = _backprop(f[b], y[b], params)
            params = sgd_update(params, grads, lr)
            epoch_loss += np.sum(loss)
        losses.append(float(epoch_loss / t))
    return dict(params), losses
