def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    params, losses = dict(params), []
    batches = list(_batches(rng, len(y), batch_size))
    for _ in range(epochs):
        total = 0.0
        for batch in batches:
            batch_losses, grads, _ = _backpropagate(f[batch], y[batch], params)
            params = sgd_update(params, grads, lr)
            total += batch_losses.sum()
        losses.append(float(total / len(y)))
    return params, losses
