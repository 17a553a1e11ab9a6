def init_params(d, v, m, seed):
    rng = np.random.default_rng(seed)
    H = rng.standard_normal((d, v)) / 10
    return {"U": np.zeros((v, m)), "b_U": np.zeros((1, m)), "b_H": np.zeros((1, v)), "H": H}
