def batch_gradients(f, h, dk, dz):
    t = f.shape[0]
    db_H = np.sum(dk, axis=0, keepdims=True)
    db_U = np.sum(dz, axis=0, keepdims=True)
    return f.T @ dk / t, db_H, h.T @ dz / t, db_U
