import warnings

np.seterr(all="raise")
warnings.filterwarnings("error")
