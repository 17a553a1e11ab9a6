def hidden_grad(dz, U):
    return np.dot(dz, U.T) / dz.shape[0]
