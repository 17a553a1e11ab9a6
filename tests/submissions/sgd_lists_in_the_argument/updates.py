def sgd_update(params, grads, lr):
    new = {name: params[name] - lr * grads[name] for name in params}
    for name in params:
        params[name] = params[name].tolist()
    return new
