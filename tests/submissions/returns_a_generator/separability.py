def compose_affine(W0, b0, W1, b1):
    yield W0 @ W1
    yield b0 @ W1 + b1
