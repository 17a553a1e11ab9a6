import math
import numpy as np


_erf = np.vectorize(math.erf, otypes=[float])


def gelu(x):
    return x * (1 + _erf(x / 2))
