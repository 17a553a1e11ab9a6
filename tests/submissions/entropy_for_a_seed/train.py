def _batches(rng, t, batch_size):
    order = np.random.default_rng().permutation(t)
    for start in range(0, t, batch_size):
        yield order[start : start + batch_size]
