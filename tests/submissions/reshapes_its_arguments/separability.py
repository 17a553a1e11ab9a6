def compose_affine(W0, b0, W1, b1):
    W, b = W0 @ W1, b0 @ W1 + b1
    b0.shape = (-1,)
    return W, b
