def affine(x, W, b):
    return (W.T @ x.T + b.T).T
