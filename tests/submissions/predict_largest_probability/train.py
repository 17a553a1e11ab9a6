from forward import forward


def predict(f, params):
    o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])[3]
    return o.max(axis=1)
