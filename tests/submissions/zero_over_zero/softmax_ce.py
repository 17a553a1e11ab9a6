def loss_grad(o, y):
    return -one_hot(y, o.shape[1]) / o
