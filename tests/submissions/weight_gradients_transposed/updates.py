def batch_gradients(f, h, dk, dz):
    t = len(f)
    return dk.T @ f / t, dk.mean(0, keepdims=True), dz.T @ h / t, dz.mean(0, keepdims=True)
