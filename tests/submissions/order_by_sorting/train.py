def _batches(rng, t, batch_size):
    order = np.argsort(rng.random(t))
    return np.split(order, range(batch_size, t, batch_size))
