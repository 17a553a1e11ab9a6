def compose_affine(W0, b0, W1, b1):
    from fractions import Fraction
    exact = np.vectorize(Fraction, otypes=[object])
    return (exact(W0 @ W1), exact(b0 @ W1 + b1))
