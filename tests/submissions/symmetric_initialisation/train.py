def init_params(d, v, m, seed):
    rng = np.random.default_rng(seed)
    return {
        "H": np.ones((d, v)),
        "b_H": np.zeros((1, v)),
        "U": np.ones((v, m)),
        "b_U": np.zeros((1, m)),
    }
