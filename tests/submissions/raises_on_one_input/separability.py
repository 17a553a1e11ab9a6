def compose_affine(W0, b0, W1, b1):
    assert W0.shape[0] != W1.shape[1]
    return W0 @ W1, b0 @ W1 + b1
