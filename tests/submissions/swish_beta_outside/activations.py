swish = lambda x, beta=1.0: beta * x * sigmoid(x)
