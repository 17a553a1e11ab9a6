import numpy as np
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)

    def one_epoch(order, params):
        if order.size == 0:
            return params, 0.0
        head, rest = order[:batch_size], order[batch_size:]
        x, gold = f[head], y[head]
        k, h, _, o = forward(x, params["H"], params["b_H"], params["U"], params["b_U"])
        dz = logits_grad(o, gold)
        dk = relu_backward(hidden_grad(dz, params["U"]), k)
        dH, db_H, dU, db_U = batch_gradients(x, h, dk, dz)
        after, more = one_epoch(rest, sgd_update(params, dict(H=dH, b_H=db_H, U=dU, b_U=db_U), lr))
        return after, more + cross_entropy(o, gold).sum()

    losses = []
    params = dict(params)
    for _ in range(epochs):
        params, loss = one_epoch(rng.permutation(len(y)), params)
        losses.append(loss / len(y))
    return params, losses
