def sgd_update(params, grads, lr):
    return {name: params[name] + lr * grads[name] for name in params}
