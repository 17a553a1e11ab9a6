def softmax_jacobian(o):
    J = np.zeros((o.shape[0], o.shape[1], o.shape[1]))
    for s in range(o.shape[0]):
        np.fill_diagonal(J[s], o[s] * (1 - o[s]))
    return J
