import math
import numpy as np


_erf = np.vectorize(math.erf, otypes=[float])


def gelu_grad(x):
    cdf = 0.5 * (1 + _erf(x / math.sqrt(2)))
    pdf = np.exp(-0.5 * x ** 2)
    return cdf + pdf
