def swish_grad(x, beta=1.0):
    sig = sigmoid(beta * x)
    return sig + x * sig * (1 + sig)
