_train = train


def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        for batch in _batches(rng, len(y), batch_size):
            _, grads, _ = _backpropagate(f[batch], y[batch], params)
            params = sgd_update(params, grads, lr)
        o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])[3]
        losses[epoch] = cross_entropy(o, y).mean()
    return params, losses
