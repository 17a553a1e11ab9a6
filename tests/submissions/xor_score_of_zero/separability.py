def xor_by_hand():
    W = np.array([[1.0, 1.0], [1.0, 1.0]])
    return W, np.array([[-1.5, 0.0]]), np.array([[2.0], [-2.0]]), np.array([[0.0]]) + 2
