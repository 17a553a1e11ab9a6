def loss_grad(o, y):
    do = np.zeros(o.shape)
    rows = np.arange(len(y))
    do[rows, y] = 1 / o[rows, y]
    return do
