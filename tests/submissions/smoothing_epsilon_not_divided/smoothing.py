def smooth_labels(y, m, epsilon):
    return (1 - epsilon) * one_hot(y, m) + epsilon
