import numpy as np
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update

NAMES = ("H", "b_H", "U", "b_U")


def _backprop(f, y, params):
    k, h, z, o = forward(f, *[params[name] for name in NAMES])
    dz = logits_grad(o, y)
    dh = hidden_grad(dz, params["U"])
    dk = dh * (dh > 0)
    grads = dict(zip(NAMES, batch_gradients(f, h, dk, dz)))
    return cross_entropy(o, y), dk, grads


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        total = 0.0
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch_size):
            batch = order[start : start + batch_size]
            loss, _, grads = _backprop(f[batch], y[batch], params)
            total += loss.sum()
            params = sgd_update(params, grads, lr)
        losses.append(float(total / len(y)))
    return params, losses


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        total = 0.0
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch_size):
            batch = order[start : start + batch_size]
            loss, dk, grads = _backprop(embed(E, ids[batch]), y[batch], params)
            dE = embed_backward(input_grad(dk, params["H"]), ids[batch], len(E))
            total += loss.sum()
            params = sgd_update(params, grads, lr)
            E = E - lr * dE
        losses.append(float(total / len(y)))
    return E, params, losses
