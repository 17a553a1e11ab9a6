def sigmoid(x):
    return np.exp(x) / (np.exp(x) + 1)
