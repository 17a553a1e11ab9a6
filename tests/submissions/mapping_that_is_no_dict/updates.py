from collections import OrderedDict


def sgd_update(params, grads, lr):
    return OrderedDict((name, params[name] - lr * grads[name]) for name in params)
