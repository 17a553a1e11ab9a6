import numpy as np
from embeddings import embed, embed_backward, input_grad
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


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        item_losses = []
        for start in range(0, len(ids), batch_size):
            b = order[start:start + batch_size]
            loss, dk, grads = _backprop(embed(E, ids[b]), y[b], params)
            dE = embed_backward(input_grad(dk, params["H"]), ids[b], len(E))
            params = sgd_update(params, grads, lr)
            E -= lr * dE
            item_losses += list(loss)
        losses.append(float(sum(item_losses) / len(item_losses)))
    return E, dict(params), losses
