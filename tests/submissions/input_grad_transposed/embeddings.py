def input_grad(dk, H):
    return np.dot(H, dk.T)
