def _batches(rng, t, batch_size):
    left = list(range(t))
    while left:
        batch = rng.choice(left, size=min(batch_size, len(left)), replace=False)
        left = [item for item in left if item not in batch]
        yield batch
