import copy
import numpy as np


class Network:
    def __init__(self, params):
        self.__dict__.update(copy.deepcopy(params))

    def logits(self, x):
        self.x, self.k = x, x @ self.H + self.b_H
        self.h = self.k * (self.k > 0)
        return self.h @ self.U + self.b_U

    def losses(self, x, y):
        z = self.logits(x)
        z = z - z.max(axis=1, keepdims=True)
        log_o = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.dz = np.exp(log_o)
        self.dz[np.arange(len(y)), y] -= 1
        return -log_o[np.arange(len(y)), y]

    def learn(self, lr):
        rate = lr / len(self.x)
        dk = (self.dz @ self.U.T) * (self.k >= 0)
        dx = dk @ self.H.T
        self.U -= rate * (self.h.T @ self.dz)
        self.b_U -= rate * self.dz.sum(0)
        self.H -= rate * (self.x.T @ dk)
        self.b_H -= rate * dk.sum(0)
        return rate * dx

    def params(self):
        return {n: getattr(self, n) for n in ("H", "b_H", "U", "b_U")}


def init_params(d, v, m, seed):
    rng = np.random.RandomState(seed)
    return {
        "H": rng.randn(d, v) * np.sqrt(2 / d),
        "b_H": 0.01 * rng.rand(1, v),
        "U": rng.randn(v, m) * np.sqrt(2 / v),
        "b_U": 0.01 * rng.rand(1, m),
    }


def _fisher_yates(t, rng):
    order = list(range(t))
    for i in reversed(range(1, t)):
        j = rng.randint(i + 1)
        order[i], order[j] = order[j], order[i]
    return order


def _fit(n_items, batch_size, epochs, seed, visit):
    rng, losses = np.random.RandomState(seed), []
    for _ in range(epochs):
        left, seen = _fisher_yates(n_items, rng), []
        while left:
            batch, left = left[:batch_size], left[batch_size:]
            seen += visit(batch)
        losses.append(sum(seen) / n_items)
    return losses


def train(f, y, params, lr, epochs, batch_size, seed):
    net = Network(params)

    def visit(b):
        loss = net.losses(f[b], y[b])
        net.learn(lr)
        return loss.tolist()

    losses = _fit(len(y), batch_size, epochs, seed, visit)
    return net.params(), losses


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    net, table = Network(params), E.copy()

    def visit(b):
        words = ids[b]
        loss = net.losses(table[words].reshape(len(b), -1), y[b])
        step = net.learn(lr).reshape(*words.shape, -1)
        np.subtract.at(table, words, step)
        return loss.tolist()

    losses = _fit(len(y), batch_size, epochs, seed, visit)
    return table, net.params(), losses


def predict(f, params):
    return Network(params).logits(f).argmax(axis=1)
