import numpy as np
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    params = {name: value.copy() for name, value in params.items()}
    t = len(y)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(t)
        total = 0.0
        for start in range(0, t, batch_size):
            batch = order[start:start + batch_size]
            fb, yb = f[batch], y[batch]
            k, h, z, o = forward(fb, params["H"], params["b_H"], params["U"], params["b_U"])
            total += cross_entropy(o, yb).sum()
            dz = logits_grad(o, yb)
            dk = relu_backward(hidden_grad(dz, params["U"]), k)
            grads = dict(zip(["H", "b_H", "U", "b_U"], batch_gradients(fb, h, dk, dz)))
            sgd_update(params, grads, lr)
        losses.append(total / t)
    return params, losses


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    params = {name: value.copy() for name, value in params.items()}
    E = E.copy()
    t = len(y)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(t)
        total = 0.0
        for start in range(0, t, batch_size):
            batch = order[start:start + batch_size]
            jb, yb = ids[batch], y[batch]
            x = embed(E, jb)
            k, h, z, o = forward(x, params["H"], params["b_H"], params["U"], params["b_U"])
            total += cross_entropy(o, yb).sum()
            dz = logits_grad(o, yb)
            dk = relu_backward(hidden_grad(dz, params["U"]), k)
            dx = input_grad(dk, params["H"])
            grads = dict(zip(["H", "b_H", "U", "b_U"], batch_gradients(x, h, dk, dz)))
            dE = embed_backward(dx, jb, len(E))
            sgd_update(params, grads, lr)
            E = E - lr * dE
        losses.append(total / t)
    return E, params, losses
