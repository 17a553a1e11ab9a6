def relu_backward(dh, k):
    return dh * (k > 0)
