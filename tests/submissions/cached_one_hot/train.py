import numpy as np
from softmax_ce import one_hot
from forward import forward
from relu_backward import hidden_grad, relu_backward
from updates import batch_gradients, sgd_update


def train(f, y, params, lr, epochs, batch_size, seed):
    T = one_hot(y, params["U"].shape[1])
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        perm = rng.permutation(len(f))
        F, G = f[perm], T[perm]
        item_losses = []
        for a in range(0, len(f), batch_size):
            x, t = F[a:a + batch_size], G[a:a + batch_size]
            k, h, z, o = forward(x, params["H"], params["b_H"], params["U"], params["b_U"])
            item_losses.extend(-np.log((o * t).sum(1)))
            dz = o - t
            dk = relu_backward(hidden_grad(dz, params["U"]), k)
            params = sgd_update(params, dict(zip(("H", "b_H", "U", "b_U"), batch_gradients(x, h, dk, dz))), lr)
        losses.append(np.mean(item_losses))
    return params, losses
