def batch_gradients(f, h, dk, dz):
    return f.T @ dk, dk.sum(axis=0, keepdims=True), h.T @ dz, dz.sum(axis=0, keepdims=True)
