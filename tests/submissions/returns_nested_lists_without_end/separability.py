def compose_affine(W0, b0, W1, b1):
    x = []
    x.append(x)
    return x, x
