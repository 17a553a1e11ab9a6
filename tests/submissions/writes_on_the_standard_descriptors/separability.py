import os

def compose_affine(W0, b0, W1, b1):
    os.write(1, b'out' * 1000)
    os.write(2, b'err' * 1000)
    return W0 @ W1, b0 @ W1 + b1
