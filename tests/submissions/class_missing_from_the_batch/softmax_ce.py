def one_hot(y, m):
    return np.eye(np.max(y) + 1)[y]
