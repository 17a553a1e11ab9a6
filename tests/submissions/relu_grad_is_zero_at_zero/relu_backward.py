def relu_backward(dh, k):
    return np.where(k >= 0, dh, 0.0)
