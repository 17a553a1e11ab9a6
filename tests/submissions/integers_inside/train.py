_predict = predict


def predict(f, params):
    return _predict(f, params).astype(np.uint8)
