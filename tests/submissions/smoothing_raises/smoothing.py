def smooth_labels(y, m, epsilon):
    return one_hot(y, m) * (1 - eps) + eps / m
