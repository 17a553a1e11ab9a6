def batch_gradients(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk.mean(axis=0), h.T @ dz / t, dz.mean(axis=0)
