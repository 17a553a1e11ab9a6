def batch_gradients(f, h, dk, dz):
    mean = lambda a: a.mean(axis=0, keepdims=True)
    dH = mean(f).T @ mean(dk)
    dU = mean(h).T @ mean(dz)
    return dH, mean(dk), dU, mean(dz)
