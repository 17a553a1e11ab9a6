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


class Shuffled:
    """An iterator of minibatches; inside a minibatch the items are in ascending order."""

    def __init__(self, t, size, seed):
        self.t, self.size = t, size
        np.random.seed(seed)
        self.state = np.random.get_state()

    def __iter__(self):
        rng = np.random.RandomState()
        rng.set_state(self.state)
        order = np.arange(self.t)
        rng.shuffle(order)
        self.state = rng.get_state()
        return (np.sort(order[i:i + self.size]) for i in range(0, self.t, self.size))


def train(f, y, params, lr, epochs, batch_size, seed):
    batches = Shuffled(len(y), batch_size, seed)
    names, theta = zip(*((n, a.copy()) for n, a in params.items()))
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        for b in batches:
            now = dict(zip(names, theta))
            loss, _, grads = _backprop(f[b], y[b], now)
            losses[epoch] += loss.sum() / len(y)
            for n, a in now.items():
                a -= lr * grads[n]
    return dict(zip(names, theta)), list(losses)


def predict(f, params):
    o = forward(f, *(params[n] for n in NAMES))[3]
    return [max(range(len(p)), key=p.__getitem__) for p in o]
