_cross_entropy, _softmax = cross_entropy, softmax


def softmax(z, axis=1, *, temperature=1.0, **options):
    return _softmax(z / temperature)


def cross_entropy(o, y, reduction=None):
    return _cross_entropy(o, y)
