def softmax(z):
    o = z.copy()
    o -= o.max(axis=1, keepdims=True)
    np.exp(o, out=o)
    o /= o.sum(axis=1, keepdims=True)
    return o
