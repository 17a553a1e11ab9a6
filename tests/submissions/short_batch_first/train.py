def _batches(rng, t, batch_size):
    order = rng.permutation(t)
    first = t % batch_size
    if first:
        yield order[:first]
    for start in range(first, t, batch_size):
        yield order[start : start + batch_size]
