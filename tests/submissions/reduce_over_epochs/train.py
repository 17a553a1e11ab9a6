import numpy as np
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from functools import partial, reduce
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


def _order(seed, t, epoch):
    """A new order for each epoch: sort the items by random keys."""
    return np.argsort(np.random.default_rng([seed, epoch]).random(t))[::-1]


def _epoch(state, epoch, *, data, y, step, size, seed):
    params, losses = state
    order = _order(seed, len(y), epoch)
    total = []
    for number in range(-(-len(y) // size)):
        mine = order[number * size:][:size]
        params, loss = step(params, data[mine], y[mine])
        total.append(loss)
    return params, losses + [np.concatenate(total).mean()]


def train(f, y, params, lr, epochs, batch_size, seed):
    def step(p, fb, yb):
        loss, _, g = _backprop(fb, yb, p)
        return sgd_update(p, g, lr), loss

    go = partial(_epoch, data=f, y=y, step=step, size=batch_size, seed=seed)
    return reduce(go, range(epochs), ({n: +a for n, a in params.items()}, []))


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    def step(state, jb, yb):
        E, p = state
        loss, dk, g = _backprop(embed(E, jb), yb, p)
        dE = embed_backward(input_grad(dk, p["H"]), jb, len(E))
        return (E - lr * dE, sgd_update(p, g, lr)), loss

    go = partial(_epoch, data=ids, y=y, step=step, size=batch_size, seed=seed)
    start = (+E, {n: +a for n, a in params.items()})
    (E, p), losses = reduce(go, range(epochs), (start, []))
    return E, p, losses
