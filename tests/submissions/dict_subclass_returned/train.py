import numpy as np
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients


class Params(dict):
    __getattr__ = dict.__getitem__

    def __sub__(self, other):
        return Params((k, self[k] - other[k]) for k in self)

    def __rmul__(self, c):
        return Params((k, c * self[k]) for k in self)


def init_params(d, v, m, seed):
    rng = np.random.default_rng([seed, d])
    return Params(H=rng.uniform(-1, 1, (d, v)) / d ** 0.5, b_H=np.zeros((1, v)), U=rng.uniform(-1, 1, (v, m)) / v ** 0.5, b_U=np.zeros((1, m)))


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    p = Params(params)
    losses = []
    for _ in range(epochs):
        order, total = rng.permutation(len(y)), 0
        for part in np.split(order, range(batch_size, len(y), batch_size)):
            k, h, z, o = forward(f[part], p.H, p.b_H, p.U, p.b_U)
            dz = logits_grad(o, y[part])
            dk = relu_backward(hidden_grad(dz, p.U), k)
            g = Params(zip(("H", "b_H", "U", "b_U"), batch_gradients(f[part], h, dk, dz)))
            p = p - lr * g
            total += cross_entropy(o, y[part]).sum()
        losses += [total / len(y)]
    return p, losses
