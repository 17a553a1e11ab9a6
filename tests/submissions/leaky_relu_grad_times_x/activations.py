def leaky_relu_grad(x, slope=0.01):
    return np.where(x >= 0, 1.0, slope * x)
