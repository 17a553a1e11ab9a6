def batch_gradients(f, h, dk, dz):
    t = f.shape[0]
    dH = f.T @ dk / t
    db_H = dk.sum(axis=0, keepdims=True) / t
    dU = f.T @ dz / t
    db_U = dz.sum(axis=0, keepdims=True) / t
    return dH, db_H, dU, db_U
