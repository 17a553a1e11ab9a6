def hidden_grad(dz, U):
    return dz * U.T
