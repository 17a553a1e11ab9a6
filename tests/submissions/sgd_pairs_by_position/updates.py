def sgd_update(params, grads, lr):
    return {n: p - lr * g for (n, p), g in zip(params.items(), grads.values())}
