def relu_grad(x):
    gate = np.ones(x.shape, dtype=int)
    gate[x < 0] = 0
    return gate.astype(float)
