def batch_gradients(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk.sum(axis=0), h.T @ dz / t, dz.sum(axis=0)
