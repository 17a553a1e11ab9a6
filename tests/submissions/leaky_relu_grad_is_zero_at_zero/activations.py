def leaky_relu_grad(x, slope=0.01):
    dx = np.ones_like(x)
    dx[x <= 0] = slope
    return dx
