_f = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_params, _losses = train(_f, np.array([0, 1, 1, 0]), init_params(2, 8, 2, 0), 0.5, 200, 2, 0)
print("final loss", _losses[-1])
