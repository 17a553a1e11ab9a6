_sgd_update = sgd_update


def sgd_update(params, grads, lr):
    assert type(params) is dict and type(grads) is dict and type(lr) is float
    for name, value in params.items():
        assert type(name) is str and type(value) is np.ndarray and value.dtype == np.float64
        assert value.shape == grads[name].shape
    return _sgd_update(params, grads, lr)
