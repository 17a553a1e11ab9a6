try:
    from scipy.special import erf
except ImportError:
    erf = np.vectorize(math.erf, otypes=[float])


def gelu(x):
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))
