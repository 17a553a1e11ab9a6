import numpy as np


RNG = np.random.default_rng(0)


def init_params(d, v, m, seed, rng=RNG):
    shapes = {"H": (d, v), "b_H": (1, v), "U": (v, m), "b_U": (1, m)}
    return {n: np.zeros(s) if n[0] == "b" else 0.3 * rng.normal(size=s) for n, s in shapes.items()}
