def swish_grad(x, beta=1.0):
    sw = swish(x, beta)
    s = sigmoid(beta * x)
    return sw + s * (1 - sw)
