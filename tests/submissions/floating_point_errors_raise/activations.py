import warnings

np.seterr(all="raise")
warnings.simplefilter("error")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))
