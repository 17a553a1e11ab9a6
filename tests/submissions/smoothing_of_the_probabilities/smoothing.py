def smoothed_cross_entropy(o, y, epsilon):
    m = o.shape[1]
    return -np.log(o[np.arange(len(y)), y] * (1 - epsilon) + epsilon / m)
