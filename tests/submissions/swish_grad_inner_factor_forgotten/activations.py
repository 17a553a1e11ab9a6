def swish_grad(x, beta=1.0):
    s = sigmoid(beta * x)
    return s + x * s * (1 - s)
