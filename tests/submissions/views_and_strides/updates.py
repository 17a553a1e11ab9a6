def batch_gradients(f, h, dk, dz):
    t = len(f)
    return (dk.T @ f).T / t, dk.mean(axis=0)[None], (dz.T @ h).T / t, np.atleast_2d(dz.mean(axis=0))
