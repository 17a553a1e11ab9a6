import warnings


def affine(x, W, b):
    warnings.simplefilter("error")
    np.array([1.0]) / np.array([0.0])
    return x @ W + b
