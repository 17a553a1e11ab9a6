def affine(x, W, b):
    return np.asmatrix(x) * np.asmatrix(W) + b


def compose_affine(W0, b0, W1, b1):
    W0, b0, W1, b1 = map(np.asmatrix, (W0, b0, W1, b1))
    return W0 * W1, b0 * W1 + b1
