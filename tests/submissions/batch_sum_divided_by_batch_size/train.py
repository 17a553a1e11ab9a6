def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for batch in _batches(rng, len(y), batch_size):
            loss, grads, _ = _backpropagate(f[batch], y[batch], params)
            share = len(batch) / batch_size
            params = sgd_update(params, grads, lr * share)
            total += loss.sum()
        losses.append(total / len(y))
    return params, losses
