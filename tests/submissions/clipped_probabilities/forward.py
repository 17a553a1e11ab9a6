def cross_entropy(o, y):
    o = np.clip(o, 1e-12, None)
    return -np.log(np.take_along_axis(o, y[:, None], axis=1))[:, 0]
