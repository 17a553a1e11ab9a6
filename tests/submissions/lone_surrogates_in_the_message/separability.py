def compose_affine(W0, b0, W1, b1):
    raise ValueError("\ud800 half")
