def _batches(rng, t, batch_size, order=None):
    order = rng.permutation(t) if order is None else order
    if len(order):
        yield order[:batch_size]
        yield from _batches(rng, t, batch_size, order[batch_size:])
