def _train_order(seed, epoch, t):
    return np.random.default_rng([seed, epoch]).permutation(t)


def train(f, y, params, lr, epochs, batch_size, seed):
    losses = []
    for epoch in range(epochs):
        order, total = _train_order(seed, epoch, len(y)), 0.0
        shuffled_f, shuffled_y = f[order], y[order]
        for start in range(0, len(y), batch_size):
            rows = slice(start, start + batch_size)
            loss, grads, _ = _backpropagate(shuffled_f[rows], shuffled_y[rows], params)
            params = sgd_update(params, grads, lr)
            total += np.sum(loss) / len(y)
        losses.append(total)
    return params, losses
