def compose_affine(W0, b0, W1, b1):
    return compose_affine(W0, b0, W1, b1)
