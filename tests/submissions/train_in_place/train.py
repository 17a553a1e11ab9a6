def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    params, losses = dict(params), []
    for _ in range(epochs):
        total = 0.0
        for batch in _batches(rng, len(y), batch_size):
            batch_losses, grads, _ = _backpropagate(f[batch], y[batch], params)
            for name in params:
                params[name] -= lr * grads[name]
            total += batch_losses.sum()
        losses.append(float(total / len(y)))
    return params, losses
