def tanh(x):
    return np.asmatrix(np.tanh(x))
