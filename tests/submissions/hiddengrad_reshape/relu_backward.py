def hidden_grad(dz, U):
    v, m = U.shape
    return dz @ U.reshape(m, v)
