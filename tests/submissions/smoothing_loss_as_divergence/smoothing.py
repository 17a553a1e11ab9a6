def smoothed_cross_entropy(o, y, epsilon):
    S = smooth_labels(y, o.shape[1], epsilon)
    entropy = -np.where(S > 0, S * np.log(np.maximum(S, 1e-300)), 0).sum(axis=1)
    return -(S * np.log(o)).sum(axis=1) - entropy
