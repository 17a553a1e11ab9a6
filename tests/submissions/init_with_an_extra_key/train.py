def init_params(d, v, m, seed):
    rng = np.random.default_rng(seed)
    return {
        "H": rng.normal(size=(d, v)),
        "b_H": np.zeros((1, v)),
        "U": rng.normal(size=(v, m)),
        "b_U": np.zeros((1, m)),
        "seed": seed,
    }
