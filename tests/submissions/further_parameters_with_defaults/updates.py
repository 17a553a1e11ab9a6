def sgd_update(params, grads, lr=0.1, momentum=0.0, *args):
    return {k: np.subtract(params[k], np.multiply(lr, grads[k])) for k in params}
