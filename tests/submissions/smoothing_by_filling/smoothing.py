def smooth_labels(y, m, epsilon):
    S = np.full((y.size, m), epsilon / m)
    S[np.arange(y.size), y] += 1 - epsilon
    return S


def smoothed_logits_grad(o, y, epsilon):
    dz = o - epsilon / o.shape[1]
    dz[range(len(y)), y] -= 1.0 - epsilon
    return dz
