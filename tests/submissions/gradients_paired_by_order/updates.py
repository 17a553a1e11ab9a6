def sgd_update(params, grads, lr):
    updated = {}
    for (name, value), grad in zip(params.items(), grads.values()):
        updated[name] = value - lr * grad
    return updated
