def compose_affine(W0, b0, W1, b1):
    W = np.dot(W0, W1)
    b = b1
    return W, b
