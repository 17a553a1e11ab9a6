import copy


def sgd_update(params, grads, lr):
    params = copy.deepcopy(params)
    for name in params:
        params[name] -= lr * grads[name]
    return params
