import numpy as np


class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        return x @ self.W + self.b


class Relu:
    def __call__(self, x):
        return x * (x > 0)
