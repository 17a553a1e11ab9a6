def batch_gradients(f, h, dk, dz):
    t = len(f)
    dH, dU = np.zeros((f.shape[1], h.shape[1])), np.zeros((h.shape[1], dz.shape[1]))
    db_H, db_U = np.zeros((1, h.shape[1])), np.zeros((1, dz.shape[1]))
    for s in range(t):
        for j in range(h.shape[1]):
            for i in range(f.shape[1]):
                dH[i, j] += f[s, i] * dk[s, j] / t
            db_H[0, j] += dk[s, j] / t
            for l in range(dz.shape[1]):
                dU[j, l] += h[s, j] * dz[s, l] / t
        db_U[0] += dz[s] / t
    return dH, db_H, dU, db_U
