import numpy as np


def sigmoid(x):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))       # 1 / (1 + inf) is 0


def relu(x):
    out = np.array(x, copy=True)
    out[out < 0] = 0
    return out


def leaky_relu(x, slope=0.01):
    out = np.array(x)
    out[x < 0] *= slope
    return out


def relu_grad(x):
    out = np.empty_like(x)
    out[...] = 0
    out[x >= 0] += 1
    return out


def leaky_relu_grad(x, slope=0.01):
    return np.choose(x < 0, [1.0, float(slope)])


def swish(x, beta=1.0):
    return x / (1.0 + np.exp(-beta * x))


def swiglu(x, W, V):
    out = np.dot(x, W)
    out *= sigmoid(out)
    out *= np.dot(x, V)
    return out


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def sigmoid_grad(x):
    s = sigmoid(x)
    s -= s * s
    return s


def tanh_grad(x):
    th = np.tanh(x)
    return (1 + th) * (1 - th)
