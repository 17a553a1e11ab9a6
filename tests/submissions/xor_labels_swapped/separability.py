def xor_by_hand():
    W = np.array([[1.0, 1.0], [1.0, 1.0]])
    b = np.array([[-0.5, -1.5]])
    w = np.array([[1.0], [-1.0]])
    c = np.array([[-0.5]])
    return W, b, w, c
