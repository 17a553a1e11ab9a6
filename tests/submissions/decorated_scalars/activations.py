import functools
import math
import numpy as np


def elementwise(scalar):
    @functools.wraps(scalar)
    def lifted(x, *args, **kwargs):
        x = np.asarray(x)
        values = [scalar(float(v), *args, **kwargs) for v in x.ravel()]
        return np.array(values, dtype=float).reshape(x.shape)

    lifted.scalar = scalar
    return lifted


@elementwise
def sigmoid(x):
    if x < 0:
        return 1.0 - sigmoid.scalar(-x)
    return 1.0 / (1.0 + math.exp(-x))


@elementwise
def tanh(x):
    return math.tanh(x)


@elementwise
def relu(x):
    return max(0.0, x)


@elementwise
def leaky_relu(x, slope=0.01):
    return x if x >= 0 else slope * x


@elementwise
def gelu(x):
    return x * (1 + math.erf(x / math.sqrt(2))) / 2


@elementwise
def swish(x, beta=1.0):
    return x * sigmoid.scalar(beta * x)


@elementwise
def sigmoid_grad(x):
    s = sigmoid.scalar(x)
    return s * (1 - s)


@elementwise
def tanh_grad(x):
    return 1 - math.tanh(x) ** 2


@elementwise
def relu_grad(x):
    return float(x >= 0)


@elementwise
def leaky_relu_grad(x, slope=0.01):
    return slope if x < 0 else 1


@elementwise
def gelu_grad(x):
    density = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return (1 + math.erf(x / math.sqrt(2))) / 2 + x * density


@elementwise
def swish_grad(x, beta=1.0):
    s = sigmoid.scalar(beta * x)
    return s + beta * x * s * (1 - s)
