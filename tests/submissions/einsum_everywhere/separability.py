def affine(x, W, b):
    return np.einsum("td,dv->tv", x, W) + b
