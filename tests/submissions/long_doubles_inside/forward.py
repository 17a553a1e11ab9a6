def softmax(z):
    z = z.astype(np.longdouble)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.array(e / e.sum(axis=1, keepdims=True), dtype=np.float64)
