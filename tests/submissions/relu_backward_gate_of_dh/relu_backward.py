def relu_backward(dh, k):
    dk = np.array(dh, copy=True)
    dk[dh <= 0] = 0
    return dk
