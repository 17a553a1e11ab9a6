def cross_entropy(o, y):
    return np.mean(-np.log(o[np.arange(len(y)), y]))
