def cross_entropy(o, y):
    return -np.log(o[np.arange(len(y)), y] + 1e-7)
