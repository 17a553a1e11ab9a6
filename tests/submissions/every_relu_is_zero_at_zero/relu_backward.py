def relu_backward(dh, k):
    dk = dh.copy()
    dk[k <= 0] = 0
    return dk
