import numpy as np


def init_params(d, v, m, seed):
    rng = np.random.default_rng(seed)
    column = rng.standard_normal((d, 1)) / np.sqrt(d)
    row = rng.standard_normal((1, m)) / np.sqrt(v)
    return dict(H=np.repeat(column, v, axis=1), b_H=np.zeros((1, v)),
                U=np.repeat(row, v, axis=0), b_U=np.zeros((1, m)))
