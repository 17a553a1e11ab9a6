import numpy as np


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def tanh(x):
    return sigmoid(2 * x) - sigmoid(-2 * x)


def sigmoid_grad(x):
    return sigmoid(x) * sigmoid(-x)


def tanh_grad(x):
    return 4 * sigmoid(2 * x) * sigmoid(-2 * x)


def swish_grad(x, beta=1.0):
    y = swish(x, beta)
    return beta * y + sigmoid(beta * x) * (1 - beta * y)
