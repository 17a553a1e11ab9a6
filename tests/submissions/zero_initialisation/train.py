def init_params(d, v, m, seed):
    rng = np.random.default_rng(seed)
    return {
        "H": np.zeros((d, v)),
        "b_H": np.zeros((1, v)),
        "U": np.zeros((v, m)),
        "b_U": np.zeros((1, m)),
    }
