def softmax(z):
    e = np.exp(z - z.max(axis=1).reshape(4, 1))
    return e / e.sum(axis=1).reshape(4, 1)
