def swish(x, beta=1.0):
    return x * sigmoid(x)
