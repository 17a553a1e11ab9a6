def batch_gradients(f, h, dk, dz):
    t = f.shape[0]
    mean = lambda g: g // t
    return mean(f.T @ dk), mean(dk.sum(axis=0, keepdims=True)), mean(h.T @ dz), mean(dz.sum(axis=0, keepdims=True))
