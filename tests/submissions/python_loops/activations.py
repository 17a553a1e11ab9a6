def sigmoid(x):
    out = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        v = float(x[index])
        out[index] = 1 / (1 + math.exp(-v)) if v > -700 else 0.0
    return out


def relu(x):
    return np.array([[v if v > 0 else 0.0 for v in row] for row in x.tolist()])
