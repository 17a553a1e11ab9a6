def compose_affine(W0, b0, W1, b1):
    np.ones(3 * 2**27)
    return W0 @ W1, b0 @ W1 + b1
