def compose_affine(W0, b0, W1, b1):
    W, b = W0 @ W1, b0 @ W1 + b1
    for argument in (W0, b0, W1, b1):
        argument.fill(np.nan)
    return W, b
