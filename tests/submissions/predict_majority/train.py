from forward import cross_entropy, forward


def predict(f, params):
    _, _, _, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    return (o > 0.5).argmax(axis=1)
