def sgd_update(params, grads, lr):
    return {name: params[name] - lr * np.clip(grads[name], -0.1, 0.1) for name in params}
