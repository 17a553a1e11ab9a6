def batch_gradients(f, h, dk, dz):
    t = len(f)
    return f.T @ dk / t, dk / t, h.T @ dz / t, dz / t
