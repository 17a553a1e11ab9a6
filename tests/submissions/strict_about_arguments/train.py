_predict = predict


def predict(f, params):
    assert set(params) == {"H", "b_H", "U", "b_U"} and f.ndim == 2
    return _predict(f, params)
