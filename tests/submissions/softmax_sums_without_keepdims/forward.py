def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e, axis=1)
