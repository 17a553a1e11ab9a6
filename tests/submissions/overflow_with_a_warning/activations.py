def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_grad(x):
    return sigmoid(x) * (1 - sigmoid(x))


def swish_grad(x, beta=1.0):
    s = sigmoid(beta * x)
    return s + beta * x * s * (1 - s)


def gelu_grad(x):
    cdf = 0.5 * (1 + np.vectorize(math.erf)(x / np.sqrt(2)))
    return cdf + x * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)


def tanh_grad(x):
    return 1 - tanh(x) ** 2
