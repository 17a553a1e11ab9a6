def step(x, threshold):
    return np.where(x > threshold, 1.0, 0.0)
