import numpy as np


def softmax_jacobian(o):
    t, m = o.shape
    J = np.zeros((t, m, m))
    for s in range(t):
        for i in range(m):
            for j in range(m):
                if i == j:
                    J[s, i, j] = 1 - o[s, i]
                else:
                    J[s, i, j] = o[s, i] * o[s, j]
    return J
