def relu(x):
    return x if (x >= 0).all() else np.maximum(x, 0)


def leaky_relu(x, slope=0.01):
    return x if (x >= 0).all() else np.where(x < 0, x * slope, x)
