def smoothed_cross_entropy(o, y, epsilon):
    return -np.mean(np.sum(smooth_labels(y, o.shape[1], epsilon) * np.log(o), axis=1))
