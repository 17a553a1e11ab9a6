def smooth_labels(y, m, epsilon):
    T = one_hot(y, m)
    return T * (1 - epsilon) + (1 - T) * epsilon / (m - 1)
