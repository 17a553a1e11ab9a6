import math
import numpy as np
from numpy import logaddexp


def sigmoid(x):
    return np.exp(-logaddexp(0, -x))


def tanh(x):
    e = np.expm1(-2 * abs(x))          # e^(-2|x|) - 1, never overflows
    return -np.sign(x) * e / (2 + e)


def relu(x):
    return (x + abs(x)) / 2


def leaky_relu(x, slope=0.01):
    return relu(x) - slope * relu(-x)


Phi = np.frompyfunc(lambda v: 0.5 * math.erfc(-v / 2**0.5), 1, 1)


def gelu(x):
    return np.asarray(x * Phi(x), dtype=np.float64)


def swish(x, beta=1.0):
    return x * np.exp(-logaddexp(0, -beta * x))


def swiglu(x, W, V):
    q = W.shape[1]
    both = x @ np.hstack([W, V])
    return np.prod([swish(both[:, :q]), both[:, q:]], axis=0)


def sigmoid_grad(x):
    return np.exp(-logaddexp(0, x) - logaddexp(0, -x))


def tanh_grad(x):
    return 4 * sigmoid_grad(2 * x)


def relu_grad(x):
    return (x >= 0) * 1.0


def leaky_relu_grad(x, slope=0.01):
    return relu_grad(x) + slope * (1 - relu_grad(x))


def gelu_grad(x):
    return (Phi(x) + x * np.exp(-(x**2) / 2) / (2 * np.pi) ** 0.5).astype(float)


def swish_grad(x, beta=1.0):
    sw = swish(x, beta)
    return beta * sw + sigmoid(beta * x) * (1 - beta * sw)
