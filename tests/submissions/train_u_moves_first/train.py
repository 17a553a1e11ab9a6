import numpy as np
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    H, b_H, U, b_U = (params[n].copy() for n in ("H", "b_H", "U", "b_U"))
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(y))
        total = 0.0
        for start in range(0, len(y), batch_size):
            b = order[start:start + batch_size]
            t = len(b)
            k, h, z, o = forward(f[b], H, b_H, U, b_U)
            total += cross_entropy(o, y[b]).sum()
            dz = logits_grad(o, y[b])
            U = U - lr * h.T @ dz / t
            b_U = b_U - lr * dz.mean(axis=0, keepdims=True)
            dk = relu_backward(hidden_grad(dz, U), k)
            H = H - lr * f[b].T @ dk / t
            b_H = b_H - lr * dk.mean(axis=0, keepdims=True)
        losses.append(float(total / len(y)))
    return {"H": H, "b_H": b_H, "U": U, "b_U": b_U}, losses
