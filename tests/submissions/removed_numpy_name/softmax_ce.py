def one_hot(y, m):
    T = np.zeros((len(y), m), dtype=np.int)
    T[np.arange(len(y)), y] = 1
    return T
