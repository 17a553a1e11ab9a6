_predict = predict


def predict(f, params):
    return [int(label) for label in _predict(f, params)]
