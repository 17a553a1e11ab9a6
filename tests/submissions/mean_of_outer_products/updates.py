import copy
import numpy as np
from collections import OrderedDict
from functools import reduce


def batch_gradients(f, h, dk, dz):
    t = f.shape[0]
    def mean(items):
        return reduce(np.add, items) / t
    return [
        mean([np.outer(a, d) for a, d in zip(f, dk)]),
        mean([d[None] for d in dk]),
        (h[:, :, None] * dz[:, None, :]).mean(axis=0),
        np.average(dz, axis=0)[np.newaxis],
    ]


def sgd_update(params, grads, lr):
    new = OrderedDict(copy.deepcopy(params))
    for name in new:
        new[name] -= lr * grads[name]
    return new
