def compose_affine(W0, b0, W1, b1):
    W = W0 @ W1
    b = b1 @ W1 + b0
    return W, b
