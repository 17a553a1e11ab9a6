def compose_affine(W0, b0, W1, b1):
    return np.longdouble(W0) @ W1, np.longdouble(b0) @ W1 + b1
