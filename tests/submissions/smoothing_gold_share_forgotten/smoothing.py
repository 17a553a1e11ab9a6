def smooth_labels(y, m, epsilon):
    S = np.full((len(y), m), epsilon / m)
    S[np.arange(len(y)), y] = 1 - epsilon
    return S
