def predict(f, params):
    return forward(f, params["H"], params["b_H"], params["U"], params["b_U"])[-1]
