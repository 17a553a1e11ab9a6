_train = train


def train(f, y, params, lr, epochs, batch_size, seed):
    params, losses = _train(f, y, params, lr, epochs, batch_size, seed)
    return params, tuple(np.float64(loss) for loss in losses)
