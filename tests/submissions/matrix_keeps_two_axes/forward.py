def cross_entropy(o, y):
    o = np.asmatrix(o)
    return -np.log(o[np.arange(len(y)), y])
