def gelu_grad(x):
    return _normal_cdf(x)
