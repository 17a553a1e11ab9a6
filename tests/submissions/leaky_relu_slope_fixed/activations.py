def leaky_relu(x, slope=0.01):
    return np.maximum(0.01 * x, x)
