import pprint

_sgd_update = sgd_update


def sgd_update(params, grads, lr):
    pprint.pprint(grads)
    return _sgd_update(params, grads, lr)
