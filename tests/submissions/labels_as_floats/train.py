def predict(f, params):
    o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])[-1]
    return o.argmax(axis=1).astype(float)
