def compose_affine(W0, b0, W1, b1):
    for _ in range(100):
        print('x' * 100_000)
    return W0 @ W1, b0 @ W1 + b1
