import numpy as np
import random
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update


NAMES = ("H", "b_H", "U", "b_U")


def init_params(d, v, m, seed):
    gen = random.Random(seed)
    draw = lambda rows, cols: np.array([[gen.uniform(-1, 1) / rows**0.5 for _ in range(cols)] for _ in range(rows)])
    params = {"b_U": np.zeros((1, m)), "b_H": np.zeros((1, v))}
    params["U"], params["H"] = draw(v, m), draw(d, v)
    return params


def _batches(t, size, gen):
    """The minibatches of one epoch. The smaller one comes first."""
    items = list(range(t))
    gen.shuffle(items)
    cut = t % size
    if cut:
        yield items[:cut]
    for i in range(cut, t, size):
        yield items[i:i + size]


def train(f, y, params, lr, epochs, batch_size, seed):
    gen = random.Random(seed)
    losses = []
    params = {n: np.array(a) for n, a in params.items()}
    for _ in range(epochs):
        for b in _batches(len(y), batch_size, gen):
            params = sgd_update(params, _backprop(f[b], y[b], params)[2], lr)
        losses.append(float(_backprop(f, y, params)[0].mean()))
    return params, losses


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    gen = random.Random(seed)
    losses = []
    both = {"E": E.copy(), **{n: a.copy() for n, a in params.items()}}
    for _ in range(epochs):
        for b in _batches(len(y), batch_size, gen):
            _, dk, grads = _backprop(embed(both["E"], ids[b]), y[b], both)
            grads["E"] = embed_backward(input_grad(dk, both["H"]), ids[b], len(E))
            both = sgd_update(both, grads, lr)
        losses.append(float(_backprop(embed(both["E"], ids), y, both)[0].mean()))
    return both.pop("E"), both, losses


def _backprop(f, y, params):
    k, h, z, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    dz = logits_grad(o, y)
    dh = hidden_grad(dz, params["U"])
    dk = relu_backward(dh, k)
    grads = dict(zip(NAMES, batch_gradients(f, h, dk, dz)))
    return cross_entropy(o, y), dk, grads
