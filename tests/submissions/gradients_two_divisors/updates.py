def batch_gradients(f, h, dk, dz):
    t = f.shape[0]
    dH = f.T @ dk
    db_H = dk.sum(axis=0, keepdims=True) / t
    dU = h.T @ dz / t
    db_U = dz.sum(axis=0, keepdims=True) / dz.shape[1]
    return dH, db_H, dU, db_U
