def _batches(rng, t, batch_size):
    for _ in range(-(-t // batch_size)):
        yield rng.choice(t, min(batch_size, t))
