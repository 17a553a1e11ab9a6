_CACHE = {}
_logits_grad = logits_grad


def logits_grad(o, y):
    key = (o.tobytes(), o.shape, y.tobytes())
    if key not in _CACHE:
        _CACHE[key] = _logits_grad(o, y)
    return _CACHE[key].copy()
