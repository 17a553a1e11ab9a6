def init_params(d, v, m, seed):
    np.random.seed(seed)
    H = np.random.uniform(-1, 1, (d, v))
    U = np.random.uniform(-1, 1, (v, m))
    return dict(H=H, b_H=np.zeros((1, v)), U=U, b_U=np.zeros((1, m)))


_train = train


def train(f, y, params, lr, epochs, batch_size, seed):
    np.random.seed(seed)
    return _train(f, y, params, lr, epochs, batch_size, seed)


def _batches(rng, t, batch_size):
    order = np.random.RandomState(int(rng.integers(1000))).permutation(t)
    for start in range(0, t, batch_size):
        yield order[start : start + batch_size]
