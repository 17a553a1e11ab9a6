def loss_grad(o, y):
    truth = one_hot(y, o.shape[1])
    return -truth / o
