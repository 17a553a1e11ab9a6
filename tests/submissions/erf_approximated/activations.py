def _erf(x):
    t = 1 / (1 + 0.3275911 * np.abs(x))
    a = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
    y = 1 - sum(c * t ** (i + 1) for i, c in enumerate(a)) * np.exp(-(x**2))
    return np.sign(x) * y


def gelu(x):
    return 0.5 * x * (1 + _erf(x / np.sqrt(2)))
