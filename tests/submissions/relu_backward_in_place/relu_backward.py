def relu_backward(dh, k):
    dh[k < 0] = 0
    return dh
