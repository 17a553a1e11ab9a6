import random


def _batches(rng, t, batch_size):
    order = list(range(t))
    random.Random(int(rng.integers(2**31))).shuffle(order)
    for start in range(0, t, batch_size):
        yield order[start : start + batch_size]
